import { DockerfileError } from './dockerfile-error.ts';

/** What the parser directives at the top of a Dockerfile say. */
export interface Directives {
  escape: string;
  check: string | undefined;
  syntax: { value: string; line: number } | undefined;
}

const NAMES = new Set(['syntax', 'escape', 'check']);

/** Reads the `# name=value` lines at the top; the first line that is none ends them. @throws DockerfileError */
export function parserDirectives(lines: readonly string[]): Directives {
  const out: Directives = { escape: '\\', check: undefined, syntax: undefined };
  const seen = new Set<string>();
  for (const [i, line] of lines.entries()) {
    // a #! line may come first
    if (i === 0 && line.startsWith('#!')) continue;
    const m = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/.exec(line);
    const name = m?.[1]?.toLowerCase() ?? '';
    if (!m || !NAMES.has(name)) break;
    if (seen.has(name)) throw new DockerfileError(`only one ${name} parser directive can be used`, i + 1);
    seen.add(name);
    const value = m[2]!;
    if (name === 'syntax') out.syntax = { value, line: i + 1 };
    else if (name === 'check') out.check = value;
    else if (value === '\\' || value === '`') out.escape = value;
    else throw new DockerfileError(`invalid escape token '${value}' does not match \` or \\`, i + 1);
  }
  return out;
}
