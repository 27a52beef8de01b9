/** `$'…'` that were read, with the quoted text that bash shows in their place. */
export class Translated {
  readonly #quotes: { start: number; end: number; text: string }[] = [];

  note(start: number, end: number, text: string): void {
    const shown = text === "'" ? "\\'" : `'${text.replaceAll("'", "'\\''")}'`;
    this.#quotes.push({ start, end, text: shown });
  }

  /** The source from `start` to `end`, `$'…'` replaced. */
  text(source: string, start: number, end: number): string {
    const last = this.#quotes.at(-1);
    if (last === undefined || last.start < start) return source.slice(start, end);
    let out = '';
    let at = start;
    for (const each of this.#quotes) {
      if (each.start < at) continue;
      out += source.slice(at, each.start) + each.text;
      at = each.end;
    }
    return out + source.slice(at, end);
  }
}
