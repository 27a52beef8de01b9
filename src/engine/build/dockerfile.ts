import { type Directives, parserDirectives } from './directives.ts';
import { DockerfileError, parseError } from './dockerfile-error.ts';
import { KEYWORDS, nearest } from './keywords.ts';
import { nameValues } from './name-values.ts';

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
  /** As it was written. */
  written: string;
  /** `--name=value` before the arguments, in order, without their quotes. */
  flags: string[];
  /** The rest of the line, continuation lines joined. */
  rest: string;
  /** Keyword, flags and rest as written, on one line. */
  original: string;
  heredocs: Heredoc[];
  /** Comment lines right above it, without `#` and the blank. */
  comments: string[];
  /** Lines of the file, from 1. */
  first: number;
  last: number;
}

export interface Dockerfile {
  instructions: Instruction[];
  /** The escape character, `\` or a backtick. */
  escape: string;
  /** Value of the `check` directive. */
  check: string | undefined;
  /** Value of the `syntax` directive, and its line. */
  syntax: { value: string; line: number } | undefined;
  /** Lines after an empty line within an instruction. */
  emptyContinuations: number[];
}

const WITH_HEREDOCS = new Set(['ADD', 'COPY', 'RUN']);

function linesOf(text: string): string[] {
  const lines = text
    .replace(/^\ufeff/, '')
    .replace(/\r\n/g, '\n')
    .split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** The parser directives of a Dockerfile. @throws DockerfileError */
export const directivesOf = (text: string): Directives => parserDirectives(linesOf(text));

/**
 * Splits a Dockerfile into its instructions: parser directives, comments, continuation lines, here-documents.
 * @throws DockerfileError
 * @see docs.docker.com/reference/dockerfile, "Format" and "Parser directives"
 */
export function parseDockerfile(text: string): Dockerfile {
  const lines = linesOf(text);
  const directives = parserDirectives(lines);
  const escape = directives.escape;
  const continued = new RegExp(escape === '\\' ? '(^|[^\\\\])\\\\[ \\t]*$' : '(^|[^`])`[ \\t]*$');
  const instructions: Instruction[] = [];
  const emptyContinuations: number[] = [];
  let comments: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    const comment = /^\s*#\s?(.*)$/.exec(line);
    if (comment) {
      comments.push(comment[1]!.trim());
      continue;
    }
    if (line.trim() === '') {
      comments = [];
      continue;
    }
    const first = at + 1;
    let joined = line.trimStart();
    let empty = false;
    while (continued.test(joined) && at + 1 < lines.length) {
      const next = lines[at + 1]!;
      at++;
      if (/^\s*#/.test(next)) continue;
      if (next.trim() === '') {
        empty = true;
        continue;
      }
      joined = joined.replace(continued, '$1') + next;
    }
    joined = joined.replace(continued, '$1').trimEnd();
    if (empty) emptyContinuations.push(at + 1);
    if (joined === '') continue;
    const instruction = split(joined, first, escape);
    instruction.comments = comments;
    comments = [];
    if (WITH_HEREDOCS.has(instruction.keyword) && instruction.rest.includes('<<')) {
      for (const found of heredocsOf(instruction.rest)) {
        const body: string[] = [];
        for (;;) {
          const next = lines[++at];
          if (next === undefined) throw new DockerfileError('unterminated heredoc', first, at);
          const plain = found.chomp ? next.replace(/^\t+/, '') : next;
          if (plain === found.name) break;
          body.push(plain);
        }
        instruction.heredocs.push({ ...found, content: body.map((l) => `${l}\n`).join('') });
      }
    }
    instruction.last = at + 1;
    checkPairs(instruction, escape);
    instructions.push(instruction);
  }
  if (instructions.length === 0) throw new DockerfileError('file with no instructions', lines.length);
  return { instructions, ...directives, emptyContinuations };
}

/** Reads one instruction out of its line; its keyword is looked at later. */
function split(line: string, first: number, escape: string): Instruction {
  const m = /^(\S+)\s*([\s\S]*)$/.exec(line)!;
  const { flags, rest } = splitFlags(m[2]!, escape);
  return {
    keyword: m[1]!.toUpperCase(),
    written: m[1]!,
    flags,
    rest,
    original: line,
    heredocs: [],
    comments: [],
    first,
    last: first,
  };
}

/** ENV and LABEL, as triggers too, are wrong before anything else is looked at. @throws DockerfileError */
function checkPairs(instruction: Instruction, escape: string): void {
  const { keyword, rest, first } = instruction;
  if (keyword === 'ENV' || keyword === 'LABEL') nameValues(keyword, rest, escape, instruction);
  else if (keyword === 'ONBUILD' && rest !== '')
    checkPairs({ ...split(rest, first, escape), last: instruction.last }, escape);
}

/** Takes `--name=value` words off the front; quotes and escapes in them are resolved. */
function splitFlags(text: string, escape: string): { flags: string[]; rest: string } {
  const flags: string[] = [];
  let at = 0;
  for (;;) {
    while (/\s/.test(text[at] ?? '')) at++;
    if (!text.startsWith('--', at)) break;
    let word = '';
    let quote = '';
    let i = at;
    for (; i < text.length; i++) {
      const c = text[i]!;
      if (c === escape && i + 1 < text.length && quote !== "'") word += text[++i];
      else if (quote !== '') {
        if (c === quote) quote = '';
        else word += c;
      } else if (c === '"' || c === "'") quote = c;
      else if (/\s/.test(c)) break;
      else word += c;
    }
    at = i;
    if (word === '--') break;
    flags.push(word);
  }
  return { flags, rest: text.slice(at).trimStart() };
}

/** @throws DockerfileError for an instruction that does not exist */
export function checkKeyword(instruction: Instruction): void {
  if (KEYWORDS.has(instruction.keyword)) return;
  const { written } = instruction;
  const found = nearest(instruction.keyword, KEYWORDS);
  const near = written === written.toUpperCase() ? found : found?.toLowerCase();
  throw parseError(instruction, `unknown instruction: ${written}${near ? ` (did you mean ${near}?)` : ''}`);
}

/** `<<NAME` words of a line, outside of quotes. */
export function heredocsOf(rest: string): Omit<Heredoc, 'content'>[] {
  const out: Omit<Heredoc, 'content'>[] = [];
  if (jsonForm(rest)) return out;
  for (const m of rest.matchAll(
    /"(?:[^"\\]|\\.)*"|'[^']*'|(?:^|(?<=\s))\d*<<(-?)(?:(["'])([^"'<]+)\2|([^\s"'<|&;]+))/g,
  )) {
    const name = m[3] ?? m[4];
    if (name !== undefined) out.push({ name, expand: m[2] === undefined, chomp: m[1] === '-' });
  }
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
