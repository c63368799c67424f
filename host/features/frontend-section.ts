// The FRNT section: parameters of a front end and the tables that board and V8 read in place.
import {
  type FrontEnd,
  fftLength,
  frontEndHead,
  frontEndLimits,
  frontEndRamBytes,
  logSteps,
} from "../spec/frontend.ts";
import { UserError } from "../spec/user-error.ts";

/** The section's bytes. Throws a UserError if a parameter is beyond what a board accepts or leaves a band without a bin. */
export function frontEndSection(parameters: FrontEnd): Uint8Array<ArrayBuffer> {
  checkParameters(parameters);
  const { sampleRate, window, hop, bands, lowHz, highHz, offset, format } = parameters;
  const fft = fftLength(window);
  const mel = melBins(parameters, fft);
  const tables = [
    int16(window / 2, (i) => 32768 * Math.sin((Math.PI * (i + 0.5)) / window) ** 2),
    int16(fft, (i) => 32768 * Math.sin((2 * Math.PI * i) / fft)),
    Uint16Array.from({ length: logSteps + 1 }, (_, i) => Math.round(32768 * Math.log2(1 + i / logSteps))),
    mel.widths,
    mel.weights,
  ];
  let length = frontEndHead.bytes;
  const places = tables.map(({ byteLength }) => {
    const at = length;
    length += (byteLength + 3) & ~3;
    return at;
  });
  const section = new Uint8Array(length);
  for (const [i, table] of tables.entries()) section.set(new Uint8Array(table.buffer), places[i]);
  const [windowAt, sineAt, logAt, widthsAt, weightsAt] = places as [number, number, number, number, number];
  const { firstBin } = mel;
  const ramBytes = frontEndRamBytes(window);
  const rates = { sampleRate, window, fft, hop, bands, lowHz, highHz, firstBin, offset, format, reserved: 0, ramBytes };
  frontEndHead.write(section, 0, { ...rates, windowAt, sineAt, logAt, widthsAt, weightsAt, length });
  return section;
}

/** The parameters that a section was made from. Throws a UserError if the section is not what `frontEndSection` makes of them. */
export function readFrontEnd(section: Uint8Array): FrontEnd {
  const damaged = "the model's front end section is damaged";
  const hint = "quantize the model again";
  if (section.length < frontEndHead.bytes) throw new UserError(damaged, hint);
  const { sampleRate, window, hop, bands, lowHz, highHz, offset, format } = frontEndHead.read(section);
  const parameters = { sampleRate, window, hop, bands, lowHz, highHz, offset, format };
  let same: boolean;
  try {
    same = Buffer.compare(frontEndSection(parameters), section) === 0;
  } catch (cause) {
    throw new UserError(damaged, hint, { cause });
  }
  if (!same) throw new UserError(damaged, hint);
  return parameters;
}

function checkParameters(parameters: FrontEnd): void {
  const { sampleRate, window, lowHz } = parameters;
  const within = (name: keyof FrontEnd, [least, most]: readonly [number, number]): void => {
    const value = parameters[name];
    if (Number.isInteger(value) && value >= least && value <= most) return;
    throw new UserError(
      `the front end's ${name} is ${value}; it must be a whole number from ${least} to ${most}`,
      `choose another ${name}`,
    );
  };
  within("sampleRate", frontEndLimits.sampleRate);
  within("window", frontEndLimits.window);
  if (window % 4 !== 0) {
    throw new UserError(`the front end's window is ${window}`, "choose a multiple of 4");
  }
  within("hop", [1, window]);
  within("bands", frontEndLimits.bands);
  within("lowHz", [1, sampleRate / 2 - 1]);
  within("highHz", [lowHz + 1, sampleRate / 2 - 1]);
  within("offset", frontEndLimits.offset);
  within("format", frontEndLimits.format);
}

const mel = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700);
const hertz = (mel: number): number => 700 * (10 ** (mel / 2595) - 1);

/** Middles of the bands in Hz, equally spaced in mel, with both ends: bands + 2 values. */
export function melPoints({ bands, lowHz, highHz }: FrontEnd): number[] {
  const step = (mel(highHz) - mel(lowHz)) / (bands + 1);
  return Array.from({ length: bands + 2 }, (_, i) => hertz(mel(lowHz) + i * step));
}

// Every bin between two points belongs to that segment; its weight is the upper band's share, linear in Hz.
function melBins(parameters: FrontEnd, fft: number) {
  const { sampleRate, bands } = parameters;
  const points = melPoints(parameters);
  const binHz = sampleRate / fft;
  const firstBin = Math.max(1, Math.ceil(points[0]! / binHz));
  const widths = new Uint16Array(bands + 1);
  const weights: number[] = [];
  let bin = firstBin;
  for (let segment = 0; segment <= bands; segment++) {
    const [from, to] = [points[segment]!, points[segment + 1]!];
    for (; bin * binHz < to && bin < fft / 2; bin++) {
      weights.push(Math.min(255, Math.round((256 * (bin * binHz - from)) / (to - from))));
      widths[segment]!++;
    }
  }
  const empty = widths.findIndex((width, i) => i < bands && width + widths[i + 1]! === 0);
  if (empty >= 0) {
    throw new UserError(
      `${bands} bands leave band ${empty + 1} without a single bin of the ${fft}-point FFT`,
      "choose fewer bands, a longer window or a wider range of frequencies",
    );
  }
  if (widths.some((width) => width > frontEndLimits.width[1])) {
    throw new UserError(`${bands} bands are too wide for a board's sums`, "choose more bands");
  }
  return { firstBin, widths, weights: Uint8Array.from(weights) };
}

const int16 = (length: number, value: (i: number) => number): Int16Array =>
  Int16Array.from({ length }, (_, i) => Math.max(-32767, Math.min(32767, Math.round(value(i)))));
