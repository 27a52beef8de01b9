/**
 * File names in GNU's messages: plain where a shell would take them as they are, else in quotes that a shell
 * understands (quotearg's shell-escape style).
 */
const SAFE = /^[A-Za-z0-9_%+,./:@^\-\]{}~#]+$/;

/** `name`, quoted only where it must be (GNU quotef: `cat: a: No such file or directory`). */
export function quoteIfNeeded(name: string): string {
  return SAFE.test(name) && !/^[~#]/.test(name) ? name : shellQuote(name);
}

/** `'name'` always (GNU quoteaf: `rm: cannot remove 'a'`). */
export function shellQuote(name: string): string {
  const pieces = name.split(/([\x00-\x1f\x7f\udc80-\udcff]+)/);
  if (pieces.length > 1) {
    return pieces
      .map((piece, i) =>
        i % 2 === 1 ? `$'${escapeControl(piece)}'` : piece === '' && i > 0 ? '' : `'${piece.replaceAll("'", "'\\''")}'`,
      )
      .join('');
  }
  if (!name.includes("'")) return `'${name}'`;
  return /["$`\\!]/.test(name) ? `'${name.replaceAll("'", "'\\''")}'` : `"${name}"`;
}

/**
 * `\u2018text\u2019`, as GNU quotes what is no file name (quote: invalid arguments); the program's `warn` makes plain quotes of
 * the typographic ones where the locale is not UTF-8.
 */
export const localeQuote = (text: string): string =>
  `\u2018${text.replaceAll('\\', '\\\\').replace(/[\x00-\x1f\x7f\udc80-\udcff]+/g, escapeControl)}\u2019`;

/** The message for a word that an option does not take, with those that it does (GNU argmatch). */
export const invalidArgument = (option: string, word: string, valid: readonly string[]): string =>
  `invalid argument ${localeQuote(word)} for ${localeQuote(option)}\nValid arguments are:\n${valid.map((v) => `  - ${localeQuote(v)}`).join('\n')}`;

const NAMED: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\v': '\\v',
  '\f': '\\f',
  '\b': '\\b',
  '\x07': '\\a',
};

function escapeControl(text: string): string {
  return [...text]
    .map((c) => {
      const code = c.charCodeAt(0) & 0xff;
      return NAMED[c] ?? `\\${code.toString(8).padStart(3, '0')}`;
    })
    .join('');
}
