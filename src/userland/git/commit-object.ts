import { decode, encode } from '../../lib/utf8.ts';

export interface Commit {
  tree: string;
  parents: string[];
  /** `Name <mail> SECONDS +0000` */
  author: string;
  committer: string;
  message: string;
}

export function parseCommit(bytes: Uint8Array): Commit {
  const text = decode(bytes);
  const gap = text.indexOf('\n\n');
  const commit: Commit = { tree: '', parents: [], author: '', committer: '', message: text.slice(gap + 2) };
  for (const line of text.slice(0, gap < 0 ? text.length : gap).split('\n')) {
    const space = line.indexOf(' ');
    const value = line.slice(space + 1);
    const name = line.slice(0, space);
    if (name === 'tree') commit.tree = value;
    else if (name === 'parent') commit.parents.push(value);
    else if (name === 'author') commit.author = value;
    else if (name === 'committer') commit.committer = value;
  }
  return commit;
}

export function formatCommit(commit: Commit): Uint8Array {
  const parents = commit.parents.map((id) => `parent ${id}\n`).join('');
  return encode(
    `tree ${commit.tree}\n${parents}author ${commit.author}\ncommitter ${commit.committer}\n\n${commit.message}`,
  );
}

/** Who and when, of an author or committer line. */
export interface Signature {
  name: string;
  mail: string;
  sec: number;
  /** `+0800` */
  zone: string;
}

export function parseSignature(line: string): Signature {
  const match = /^(.*?) ?<(.*?)> (\d+) ([+-]\d{4})$/.exec(line);
  return match
    ? { name: match[1]!, mail: match[2]!, sec: Number(match[3]), zone: match[4]! }
    : { name: line, mail: '', sec: 0, zone: '+0000' };
}

/** The first paragraph in one line. */
export const subjectOf = (message: string): string =>
  message
    .trimStart()
    .split(/\n\s*\n/)[0]!
    .trim()
    .replace(/\s*\n\s*/g, ' ');

/** As commit cleans a message up: no comments, no blanks at line ends, no runs of blank lines. */
export function cleanMessage(text: string, comments: boolean): string {
  const lines = text
    .split('\n')
    .filter((line) => !comments || !line.startsWith('#'))
    .map((line) => line.trimEnd());
  const cleaned = lines
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .replace(/^\n+|\n+$/g, '');
  return cleaned === '' ? '' : `${cleaned}\n`;
}
