/** A record of an APKINDEX, or of the database of what is installed. @see apk-package(5) */
export interface ApkRecord {
  /** `Q1` and the base64 of a SHA-1: the checksum of the control segment. */
  checksum: string;
  name: string;
  version: string;
  arch: string;
  /** Bytes of the archive, and of what it installs. */
  size: number;
  installed: number;
  summary: string;
  url: string;
  licence: string;
  origin: string;
  depends: readonly string[];
  provides: readonly string[];
  /** It is installed by itself where all of these are. */
  installIf: readonly string[];
}

const LETTERS: readonly (readonly [string, keyof ApkRecord])[] = [
  ['C', 'checksum'],
  ['P', 'name'],
  ['V', 'version'],
  ['A', 'arch'],
  ['S', 'size'],
  ['I', 'installed'],
  ['T', 'summary'],
  ['U', 'url'],
  ['L', 'licence'],
  ['o', 'origin'],
  ['D', 'depends'],
  ['p', 'provides'],
  ['i', 'installIf'],
];

/** The lines of a record, without an empty one after them. */
export function formatApkRecord(record: ApkRecord): string {
  let text = '';
  for (const [letter, key] of LETTERS) {
    const value = record[key];
    const shown = typeof value === 'object' ? value.join(' ') : String(value);
    if (shown !== '') text += `${letter}:${shown}\n`;
  }
  return text;
}

/** Reads the lines of one record; those with other letters are left out. @returns undefined where there is no name */
export function parseApkRecord(lines: readonly string[]): ApkRecord | undefined {
  const values = new Map(lines.map((line) => [line[0] ?? '', line.slice(2)]));
  const text = (letter: string): string => values.get(letter) ?? '';
  const words = (letter: string): string[] =>
    text(letter)
      .split(' ')
      .filter((word) => word !== '');
  if (text('P') === '') return undefined;
  return {
    checksum: text('C'),
    name: text('P'),
    version: text('V'),
    arch: text('A'),
    size: Number(text('S')),
    installed: Number(text('I')),
    summary: text('T'),
    url: text('U'),
    licence: text('L'),
    origin: text('o'),
    depends: words('D'),
    provides: words('p'),
    installIf: words('i'),
  };
}
