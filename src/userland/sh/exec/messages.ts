import type { ParseFailure } from '../parse/failure.ts';
import { reservedWords } from '../parse/parser.ts';
import type { Shell } from '../state/shell.ts';

/**
 * The message for what the parser refused, with its newline, as each shell prints it.
 * @param origin `eval: `, `command substitution: ` or '' for the shell's own input
 */
export function describeFailure(shell: Shell, failure: ParseFailure, source: string, origin: string): string {
  if (shell.bash) return bashFailure(shell, failure, source, origin);
  const words = otherFailure(shell, failure);
  const where = origin.startsWith('eval') || origin === '.: ' ? origin : '';
  if (shell.personality === 'dash') return `${shell.name}: ${failure.line}: ${where}Syntax error: ${words}\n`;
  const script = !shell.commandString && !shell.readsStdin && !shell.interactive;
  const eval_ =
    where === '' ? (script ? `line ${failure.line}: ` : '') : `${where}line ${Math.max(0, shell.line - 1)}: `;
  return `${shell.name}: ${eval_}syntax error: ${words.charAt(0).toLowerCase() === words.charAt(0) ? words : lowerFirst(words)}\n`;
}

const lowerFirst = (text: string): string =>
  /^EOF|^"/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);

function bashFailure(shell: Shell, failure: ParseFailure, source: string, origin: string): string {
  const { trouble } = failure;
  const name = shell.messageName;
  const prompt = shell.interactive && origin === '' && shell.calls.length === 0;
  const where = origin !== '' ? origin : shell.commandString && shell.calls.length === 0 ? '-c: ' : '';
  const head = (line: number): string => (prompt ? `${name}: ` : `${name}: ${where}line ${line}: `);
  const end = failure.line + (source.endsWith('\n') ? 0 : 1);
  switch (trouble.kind) {
    case 'unexpected': {
      const line = source.split('\n')[lineIndex(source, failure)] ?? '';
      const first = `${head(failure.line)}syntax error near unexpected token \`${trouble.token}'\n`;
      // set -e ends the shell before the line is shown
      return prompt || shell.options.errexit ? first : `${first}${head(failure.line)}\`${line}'\n`;
    }
    case 'end':
      if (trouble.expecting === ')' && trouble.opener === undefined)
        return `${head(end)}unexpected EOF while looking for matching \`)'\n`;
      return `${head(end)}syntax error: unexpected end of file\n`;
    case 'unterminated':
      return `${head(trouble.opened)}unexpected EOF while looking for matching \`${trouble.delimiter}'\n`;
    case 'bad-substitution':
      return `${head(failure.line)}${trouble.text}: bad substitution\n`;
    case 'bad-name':
      return `${head(failure.line)}\`${trouble.name}': not a valid identifier\n`;
    case 'conditional':
      if (trouble.message === '') return '';
      return trouble.message
        .split('\n')
        .map((message) => `${head(failure.line)}${message}\n`)
        .join('');
    case 'message': {
      if (trouble.message === 'arithmetic-for')
        return `${head(failure.line)}syntax error: arithmetic expression required\n${head(failure.line)}syntax error: \`${source.split('\n')[lineIndex(source, failure)] ?? ''}'\n`;
      return `${head(failure.line)}${trouble.message}\n`;
    }
  }
}

/** Which line of `source` the failure is on. */
function lineIndex(source: string, failure: ParseFailure): number {
  const upTo = source.slice(0, Math.max(0, failure.at - (source[failure.at - 1] === '\n' ? 1 : 0)));
  return upTo.split('\n').length - 1;
}

function otherFailure(shell: Shell, failure: ParseFailure): string {
  const { trouble } = failure;
  const dash = shell.personality === 'dash';
  switch (trouble.kind) {
    case 'unexpected': {
      const token = tokenWords(trouble.token);
      const expecting = trouble.expecting === undefined ? '' : ` (expecting "${trouble.expecting}")`;
      return dash ? `${token} unexpected${expecting}` : `unexpected ${token}${expecting}`;
    }
    case 'end': {
      const wanted = trouble.expecting ?? trouble.opener;
      const expecting = wanted === undefined ? '' : ` (expecting "${wanted}")`;
      return dash ? `end of file unexpected${expecting}` : `unexpected end of file${expecting}`;
    }
    case 'unterminated':
      switch (trouble.delimiter) {
        case '}':
          return dash ? "Missing '}'" : "missing '}'";
        case '`':
          return 'EOF in backquote substitution';
        case ')':
          return dash ? "Missing '))'" : "missing '))'";
        default:
          return 'Unterminated quoted string';
      }
    case 'bad-name':
      return 'Bad function name';
    case 'bad-substitution':
      return 'Bad substitution';
    case 'conditional':
    case 'message':
      return trouble.message;
  }
}

function tokenWords(token: string): string {
  if (token === 'newline') return 'newline';
  if (/^(<|>|&>)/.test(token)) return 'redirection';
  if (/^[;&|()]/.test(token) || token === '[[' || reservedWords(false).has(token)) return `"${token}"`;
  return 'word';
}
