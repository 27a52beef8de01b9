/** `NAME`, `NAME=value` words of ARG as they are written; a value in quotes may have blanks. */
export function argWords(text: string): [string, string | undefined][] {
  const out: [string, string | undefined][] = [];
  for (const m of text.matchAll(/([^\s=]+)(=((?:"(?:[^"\\]|\\.)*"|'[^']*'|\$\{[^}]*\}|\\.|[^\s"'])*))?/g))
    out.push([m[1]!.replace(/["']/g, ''), m[2] === undefined ? undefined : m[3]!]);
  return out;
}
