/** A Dockerfile that cannot be read: the message that BuildKit gives, and the lines (from 1) that it is about. */
export class DockerfileError extends Error {
  constructor(
    message: string,
    readonly first = 0,
    readonly last = first,
  ) {
    super(message);
  }
}

/** A here-document of RUN, COPY or ADD. */
export interface Heredoc {
  /** Name that it ends with. */
  name: string;
  content: string;
  /** The name was not quoted: variables are replaced. */
  expand: boolean;
  /** `<<-`: leading tabs are taken out. */
  chomp: boolean;
}

/** One instruction as it stands in the file. */
export interface Instruction {
  /** Upper case. */
  keyword: string;
  /** `--name=value` before the arguments, in order. */
  flags: string[];
  /** The rest of the line, continuation lines joined. */
  rest: string;
  /** Keyword, flags and rest as written, on one line. */
  original: string;
  heredocs: Heredoc[];
  /** Lines of the file, from 1. */
  first: number;
  last: number;
}

export interface Dockerfile {
  instructions: Instruction[];
  /** The escape character, `\` or a backtick. */
  escape: string;
  lines: string[];
}

const KEYWORDS = new Set([
  'ADD',
  'ARG',
  'CMD',
  'COPY',
  'ENTRYPOINT',
  'ENV',
  'EXPOSE',
  'FROM',
  'HEALTHCHECK',
  'LABEL',
  'MAINTAINER',
  'ONBUILD',
  'RUN',
  'SHELL',
  'STOPSIGNAL',
  'USER',
  'VOLUME',
  'WORKDIR',
]);
const WITH_HEREDOCS = new Set(['ADD', 'COPY', 'RUN']);

/**
 * Splits a Dockerfile into its instructions: parser directives, comments, continuation lines, here-documents.
 * @throws DockerfileError
 * @see docs.docker.com/reference/dockerfile, "Format" and "Parser directives"
 */
export function parseDockerfile(text: string): Dockerfile {
  const lines = text
    .replace(/^\ufeff/, '')
    .replace(/\r\n/g, '\n')
    .split('\n');
  const escape = directives(lines).get('escape') ?? '\\';
  if (escape !== '\\' && escape !== '`')
    throw new DockerfileError(`dockerfile parse error on line 1: invalid ESCAPE '${escape}'. Must be ' or \\`, 1);
  const instructions: Instruction[] = [];
  const continued = new RegExp(`${escape === '\\' ? '\\\\' : '`'}[ \\t]*$`);
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    if (line.trim() === '' || /^\s*#/.test(line)) continue;
    const first = at + 1;
    let joined = line.trimStart();
    while (continued.test(joined) && at + 1 < lines.length) {
      joined = joined.replace(continued, '');
      let next = lines[++at]!;
      while ((/^\s*#/.test(next) || next.trim() === '') && at + 1 < lines.length) next = lines[++at]!;
      if (/^\s*#/.test(next) || next.trim() === '') break;
      joined += next;
    }
    joined = joined.replace(continued, '').trimEnd();
    const instruction = split(joined, first);
    if (WITH_HEREDOCS.has(instruction.keyword)) {
      for (const found of heredocsOf(instruction.rest)) {
        const body: string[] = [];
        for (;;) {
          const next = lines[++at];
          if (next === undefined)
            throw new DockerfileError(`dockerfile parse error on line ${first}: unterminated heredoc`, first, at);
          const plain = found.chomp ? next.replace(/^\t+/, '') : next;
          if (plain === found.name) break;
          body.push(plain);
        }
        instruction.heredocs.push({ ...found, content: body.map((l) => `${l}\n`).join('') });
      }
    }
    instruction.last = at + 1;
    instructions.push(instruction);
  }
  if (instructions.length === 0) throw new DockerfileError('the Dockerfile cannot be empty');
  return { instructions, escape, lines };
}

/** `# name=value` lines at the top. */
function directives(lines: readonly string[]): Map<string, string> {
  const out = new Map<string, string>();
  for (const line of lines) {
    const m = /^#\s*([a-zA-Z]\w*)\s*=\s*(.+?)\s*$/.exec(line);
    if (!m) break;
    const name = m[1]!.toLowerCase();
    if (!['syntax', 'escape', 'check'].includes(name)) break;
    out.set(name, m[2]!);
  }
  return out;
}

function split(line: string, first: number): Instruction {
  const m = /^(\S+)\s*([\s\S]*)$/.exec(line)!;
  const keyword = m[1]!.toUpperCase();
  if (!KEYWORDS.has(keyword)) {
    const hint = nearest(keyword);
    throw new DockerfileError(
      `dockerfile parse error on line ${first}: unknown instruction: ${m[1]}${hint ? ` (did you mean ${hint}?)` : ''}`,
      first,
    );
  }
  const flags: string[] = [];
  let rest = m[2]!;
  for (;;) {
    const flag = /^(--[a-zA-Z][\w-]*(?:=(?:"[^"]*"|'[^']*'|\S)*)?)(?:\s+|$)/.exec(rest);
    if (!flag) break;
    flags.push(flag[1]!);
    rest = rest.slice(flag[0].length);
  }
  return { keyword, flags, rest, original: line, heredocs: [], first, last: first };
}

/** The keyword that differs from a wrong one by at most two letters. */
function nearest(word: string): string | undefined {
  let best: string | undefined;
  let least = 3;
  for (const keyword of KEYWORDS) {
    const d = distance(word, keyword);
    if (d < least) {
      least = d;
      best = keyword;
    }
  }
  return best;
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}

/** `<<NAME` words of a line, outside of quotes. */
export function heredocsOf(rest: string): Omit<Heredoc, 'content'>[] {
  const out: Omit<Heredoc, 'content'>[] = [];
  if (rest.trimStart().startsWith('[')) return out;
  for (const m of rest.matchAll(/(?:^|\s)\d*<<(-?)(?:(["'])([^"']+)\2|([A-Za-z_][\w.]*))/g))
    out.push({ name: m[3] ?? m[4]!, expand: m[2] === undefined, chomp: m[1] === '-' });
  return out;
}

/** The JSON form of a command, `["a", "b"]`; undefined where it is none (then it is a text for the shell). */
export function jsonForm(text: string): string[] | undefined {
  if (!text.trimStart().startsWith('[')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((v) => typeof v === 'string') ? value : undefined;
  } catch {
    return undefined;
  }
}
