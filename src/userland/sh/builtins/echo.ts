import type { Builtin } from '../exec/interpreter.ts';
import { ByteRun, LETTER_ESCAPES } from '../parse/ansi-c.ts';

/** How a shell's echo reads its arguments. */
export interface EchoStyle {
  /** Octal escapes need no zero, and there are none for code points (dash, ash). */
  posix?: boolean;
  /** Letters of options that are known. */
  options: string;
  /** Escapes are on without -e. */
  escapes: boolean;
}

/** Joins the arguments of echo. @returns the text, and whether `\c` cut it */
export function echoText(args: readonly string[], style: EchoStyle): string {
  let newline = true;
  let { escapes } = style;
  let at = 0;
  const known = new RegExp(`^-[${style.options}]+$`);
  for (; style.options !== '' && at < args.length && known.test(args[at]!); at++) {
    for (const letter of args[at]!.slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  }
  const text = (at === 0 ? args : args.slice(at)).join(' ');
  if (!escapes || !text.includes('\\')) return newline ? `${text}\n` : text;
  const { out, cut } = unescape(
    text,
    style.posix === true,
    style.posix ? (style.options === 'n' ? 'argument' : 'ash') : 'echo',
  );
  return cut || !newline ? out : `${out}\n`;
}

export type EscapePlace = 'echo' | 'argument' | 'format' | 'ash' | 'ash-format';

/** The octal digits at the start of the text after a backslash. */
function octalOf(rest: string, where: EscapePlace): RegExpExecArray | null {
  if (where === 'format') return /^([0-7]{1,3})/.exec(rest);
  if (where === 'ash-format') return /^([0-3][0-7]{0,2}|[4-7][0-7]?)/.exec(rest);
  if (where === 'ash') return /^0?([0-3][0-7]{0,2}|[4-7][0-7]?)/.exec(rest);
  return /^0([0-7]{0,3})/.exec(rest) ?? (where === 'argument' ? /^([0-7]{1,3})/.exec(rest) : null);
}

/** The escapes of echo -e, of printf's %b and of its format. `plain`: dash, which knows no \e, \E, \x, \u. */
export function unescape(text: string, plain: boolean, where: EscapePlace = 'echo'): { out: string; cut: boolean } {
  const bytes = new ByteRun();
  let out = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c !== '\\' || i + 1 >= text.length) {
      out += bytes.take() + c;
      continue;
    }
    const e = text[++i]!;
    if (where === 'format' && !plain && (e === '"' || e === "'" || e === '?')) {
      out += bytes.take() + e;
      continue;
    }
    if (e === 'c' && where === 'format' && !plain) {
      out += `${bytes.take()}\\c`;
      continue;
    }
    if (e === 'c') return { out: out + bytes.take(), cut: true };
    const rest = text.slice(i, i + 9);
    const octal = octalOf(rest, where);
    if (octal) {
      bytes.add(Number.parseInt(octal[1]! || '0', 8) & 0xff);
      i += octal[0].length - 1;
      continue;
    }
    const hex = plain && !where.startsWith('ash') ? null : /^x([0-9A-Fa-f]{1,2})/.exec(rest);
    if (hex) {
      bytes.add(Number.parseInt(hex[1]!, 16));
      i += hex[0].length - 1;
      continue;
    }
    const uni = plain ? null : (/^u([0-9A-Fa-f]{1,4})/.exec(rest) ?? /^U([0-9A-Fa-f]{1,8})/.exec(rest));
    if (uni) {
      const code = Number.parseInt(uni[1]!, 16);
      out += bytes.take() + (code <= 0x10ffff ? String.fromCodePoint(code) : '');
      i += uni[0].length - 1;
      continue;
    }
    const simple = plain && e === 'E' ? undefined : LETTER_ESCAPES[e];
    out += bytes.take() + (simple ?? `\\${e}`);
  }
  return { out: out + bytes.take(), cut: false };
}

export const echo: Builtin = {
  synopsis: 'echo [-neE] [arg ...]',
  run({ shell }, argv) {
    const { personality } = shell;
    const style: EchoStyle =
      personality === 'dash'
        ? { posix: true, options: 'n', escapes: true }
        : {
            posix: !shell.bash,
            options: shell.shopts.xpg_echo && shell.options.posix ? '' : 'neE',
            escapes: shell.bash && shell.shopts.xpg_echo!,
          };
    if (argv.length === 2 && !style.escapes && argv[1]!.charCodeAt(0) !== 45) {
      shell.print(`${argv[1]}\n`);
      return 0;
    }
    argv.shift();
    shell.print(echoText(argv, style));
    argv.unshift('echo');
    return 0;
  },
};
