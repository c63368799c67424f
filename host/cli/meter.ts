// How loud it is, as a line of text.

const quietest = -60; // dB of full scale at which the meter is empty

/** `width` characters: filled up to the level of the RMS, a mark at the peak. Fractions of full scale in. */
export function meter({ peak, rms }: { peak: number; rms: number }, width: number): string {
  const place = (level: number): number => {
    const decibels = 20 * Math.log10(Math.max(level, 1e-6));
    return Math.max(0, Math.min(width, Math.round((1 - decibels / quietest) * width)));
  };
  const bar = "#".repeat(place(rms)).padEnd(width, ".").split("");
  if (place(peak) > 0) bar[place(peak) - 1] = "|";
  return bar.join("");
}
