// What a run changed or left out in its input, collected so that it is said once and not for each of 10,000 files.

/** Counts files by what happened to them. Pass one through a whole run, and print its lines at the end. */
export class Notices {
  private readonly files = new Map<string, Set<string>>();

  /** @param what the same words for every file that it happens to, such as "resampled from 44100 to 16000 Hz"; a file counts once */
  note(what: string, file: string): void {
    const seen = this.files.get(what);
    if (seen) seen.add(file);
    else this.files.set(what, new Set([file]));
  }

  /** How many files were noted with these words. */
  count(what: string): number {
    return this.files.get(what)?.size ?? 0;
  }

  /** One line for each thing that happened: the first three files, and how many more. */
  get lines(): string[] {
    return [...this.files].map(([what, files]) => {
      const named = [...files].slice(0, 3).join(", ");
      const more = files.size > 3 ? ` and ${files.size - 3} more` : "";
      return `${what}: ${named}${more}`;
    });
  }
}
