import {
  compareText,
  entriesOf,
  GoMap,
  GoNil,
  GoSlice,
  GoStruct,
  type GoValue,
  itemsOf,
  kindOf,
  scalarOf,
  typeOf,
} from './go-value.ts';
import { quote, quoteRune, quoteToAscii } from './quote.ts';
import { byteLength, encode } from './utf8.ts';

/** How a pointer inside of a value prints; the real number tells nobody anything. */
const ADDRESS = '0xc000012345';

interface Flags {
  minus: boolean;
  plus: boolean;
  sharp: boolean;
  space: boolean;
  zero: boolean;
  width: number | undefined;
  precision: number | undefined;
}

/** Go's fmt.Sprint: blanks only between operands that are both no strings. */
export function sprint(...args: GoValue[]): string {
  let out = '';
  for (const [i, arg] of args.entries()) {
    const both = i > 0 && kindOf(arg) !== 'string' && kindOf(args[i - 1]) !== 'string';
    out += (both ? ' ' : '') + formatValue(arg);
  }
  return out;
}

/** Go's fmt.Sprintln. */
export const sprintln = (...args: GoValue[]): string => `${args.map((a) => formatValue(a)).join(' ')}\n`;

/** Widths and precisions that are larger are mistakes. */
const WIDEST = 1_000_000;

/** Go's fmt.Sprintf, with its ways to say that verb and operand do not fit. */
export function sprintf(format: string, ...args: GoValue[]): string {
  let out = '';
  let next = 0;
  let reordered = false;
  for (let i = 0; i < format.length; ) {
    const percent = format.indexOf('%', i);
    if (percent < 0) {
      out += format.slice(i);
      break;
    }
    out += format.slice(i, percent);
    const flags = noFlags();
    i = percent + 1;
    for (; i < format.length && '-+# 0'.includes(format[i]!); i++) setFlag(flags, format[i]!);
    let bad = false;
    let good = true;
    const takeIndex = (): void => {
      const match = /^\[([^\]]*)\]/.exec(format.slice(i));
      if (!match) return;
      const index = /^\d+$/.test(match[1]!) ? Number(match[1]) - 1 : -1;
      if (index >= 0 && index < args.length) next = index;
      else good = false;
      reordered = true;
      i += match[0].length;
    };
    const takeNumber = (): number | undefined => {
      takeIndex();
      if (format[i] === '*') {
        i++;
        const given = args[next++];
        const n = Number(scalarOf(given));
        if (/^u?int/.test(kindOf(given)) && Math.abs(n) <= WIDEST) return n;
        bad = true;
        return undefined;
      }
      const digits = /^\d+/.exec(format.slice(i))?.[0];
      if (digits === undefined) return undefined;
      i += digits.length;
      if (Number(digits) <= WIDEST) return Number(digits);
      i = format.length;
      return undefined;
    };
    flags.width = takeNumber();
    if (bad) out += '%!(BADWIDTH)';
    if (flags.width !== undefined && flags.width < 0) {
      flags.minus = true;
      flags.width = -flags.width;
    }
    if (format[i] === '.') {
      i++;
      bad = false;
      flags.precision = takeNumber() ?? (bad ? undefined : 0);
      if (flags.precision !== undefined && flags.precision < 0) {
        flags.precision = undefined;
        bad = true;
      }
      if (bad) out += '%!(BADPREC)';
    }
    takeIndex();
    if (i >= format.length) {
      out += '%!(NOVERB)';
      break;
    }
    const verb = String.fromCodePoint(format.codePointAt(i)!);
    i += verb.length;
    if (verb === '%') out += '%';
    else if (!good) out += `%!${verb}(BADINDEX)`;
    else if (next >= args.length) out += reordered ? `%!${verb}(BADINDEX)` : `%!${verb}(MISSING)`;
    else out += formatVerb(verb, args[next++], flags);
  }
  if (!reordered && next < args.length) {
    const extra = args.slice(next).map((a) => (kindOf(a) === 'invalid' ? '<nil>' : `${typeOf(a)}=${formatValue(a)}`));
    out += `%!(EXTRA ${extra.join(', ')})`;
  }
  return out;
}

/** `%v` of a value; `%+v` with `plus`, `%#v` in part with `sharp`. */
export function formatValue(value: GoValue, flags: Partial<Flags> = {}, depth = 0): string {
  switch (kindOf(value)) {
    case 'invalid':
    case 'pointer':
      return '<nil>';
    case 'string':
      return flags.sharp ? quote(String(scalarOf(value))) : String(scalarOf(value));
    case 'bool':
    case 'int':
    case 'uint':
      return String(scalarOf(value));
    case 'float':
      return formatFloat(Number(scalarOf(value)), 'g', undefined);
    case 'slice': {
      const items = itemsOf(value).map((v) => formatValue(v, flags, depth + 1));
      return flags.sharp ? `${typeOf(value)}{${items.join(', ')}}` : `[${items.join(' ')}]`;
    }
    case 'map': {
      const entries = entriesOf(value).sort((a, b) => compareText(a[0], b[0]));
      const pairs = entries.map(([k, v]) => `${flags.sharp ? quote(k) : k}:${formatValue(v, flags, depth + 1)}`);
      return flags.sharp ? `${typeOf(value)}{${pairs.join(', ')}}` : `map[${pairs.join(' ')}]`;
    }
    case 'struct':
      return formatStruct(value as GoStruct, flags, depth);
    case 'func':
      return ADDRESS;
  }
}

function formatStruct(value: GoStruct, flags: Partial<Flags>, depth: number): string {
  if (value.options.string && !flags.sharp) return value.options.string();
  const pointer = value.type.startsWith('*');
  if (pointer && depth > 0) return ADDRESS;
  const named = flags.plus || flags.sharp;
  const fields = Object.entries(value.fields).map(
    ([k, v]) => (named ? `${k}:` : '') + formatValue(v, flags, depth + 1),
  );
  if (flags.sharp) return `${pointer ? '&' : ''}${value.type.replace('*', '')}{${fields.join(', ')}}`;
  return `${pointer ? '&' : ''}{${fields.join(' ')}}`;
}

const noFlags = (): Flags => ({
  minus: false,
  plus: false,
  sharp: false,
  space: false,
  zero: false,
  width: undefined,
  precision: undefined,
});

function setFlag(flags: Flags, char: string): void {
  if (char === '-') flags.minus = true;
  else if (char === '+') flags.plus = true;
  else if (char === '#') flags.sharp = true;
  else if (char === ' ') flags.space = true;
  else flags.zero = true;
}

function formatVerb(verb: string, value: GoValue, flags: Flags): string {
  if (verb === 'T') return pad(typeOf(value), flags);
  if (verb === 'p') {
    const points = typeOf(value).startsWith('*') || ['slice', 'map', 'func'].includes(kindOf(value));
    return points ? pad(ADDRESS, flags) : badVerb(verb, value);
  }
  if (kindOf(value) === 'invalid') return verb === 'v' ? pad('<nil>', flags) : `%!${verb}(<nil>)`;
  if (value instanceof GoStruct && value.options.string && 'vsxXq'.includes(verb) && !flags.sharp) {
    return formatScalar(verb === 'v' ? 's' : verb, value.options.string(), flags);
  }
  const kind = kindOf(value);
  if (kind === 'slice' && 'sxX'.includes(verb) === false && verb === 'v') return pad(formatValue(value, flags), flags);
  if (kind === 'slice')
    return `[${itemsOf(value)
      .map((v) => formatVerb(verb, v, flags))
      .join(' ')}]`;
  if (kind === 'map' && verb !== 'v') {
    const entries = entriesOf(value).sort((a, b) => compareText(a[0], b[0]));
    return `map[${entries.map(([k, v]) => `${formatVerb(verb, k, flags)}:${formatVerb(verb, v, flags)}`).join(' ')}]`;
  }
  if (kind === 'struct' && verb !== 'v') {
    const fields = Object.values((value as GoStruct).fields).map((v) => formatVerb(verb, v, flags));
    return `{${fields.join(' ')}}`;
  }
  if (kind === 'map' || kind === 'struct' || value instanceof GoNil || kind === 'func') {
    return verb === 'v' ? pad(formatValue(value, flags), flags) : badVerb(verb, value);
  }
  return formatScalar(verb, value, flags);
}

const badVerb = (verb: string, value: GoValue): string => `%!${verb}(${typeOf(value)}=${formatValue(value)})`;

function formatScalar(verb: string, value: GoValue, flags: Flags): string {
  const scalar = scalarOf(value);
  switch (kindOf(value)) {
    case 'string':
      return formatString(verb, String(scalar), flags) ?? badVerb(verb, value);
    case 'bool':
      return verb === 'v' || verb === 't' ? pad(String(scalar), flags) : badVerb(verb, value);
    case 'int':
    case 'uint':
      return formatInteger(verb, BigInt(scalar as number), flags) ?? badVerb(verb, value);
    case 'float': {
      if (!'vbgGeEfFxX'.includes(verb)) return badVerb(verb, value);
      return padNumber(formatFloat(Number(scalar), verb === 'v' ? 'g' : verb, flags.precision, flags.sharp), flags);
    }
    default:
      return badVerb(verb, value);
  }
}

function formatString(verb: string, text: string, flags: Flags): string | undefined {
  const cut = flags.precision === undefined ? text : [...text].slice(0, flags.precision).join('');
  switch (verb) {
    case 'v':
      return pad(flags.sharp ? quote(text) : cut, flags);
    case 's':
      return pad(cut, flags);
    case 'q':
      if (flags.sharp && !/[`\x00-\x08\x0b-\x1f\x7f]/.test(cut)) return pad(`\`${cut}\``, flags);
      return pad(flags.plus ? quoteToAscii(cut) : quote(cut), flags);
    case 'x':
    case 'X': {
      const bytes = encode(text).slice(0, flags.precision ?? byteLength(text));
      const digits = Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join(flags.space ? ' ' : '');
      return pad((flags.sharp ? '0x' : '') + (verb === 'X' ? digits.toUpperCase() : digits), flags);
    }
    default:
      return undefined;
  }
}

const BASES: Readonly<Record<string, number>> = { b: 2, o: 8, O: 8, d: 10, v: 10, x: 16, X: 16 };

function formatInteger(verb: string, n: bigint, flags: Flags): string | undefined {
  if (verb === 'c' || verb === 'q' || verb === 'U') {
    const code = n < 0n || n > 0x10ffffn ? 0xfffd : Number(n);
    const char = String.fromCodePoint(code);
    if (verb === 'U') return pad(`U+${code.toString(16).toUpperCase().padStart(4, '0')}`, flags);
    return pad(verb === 'c' ? char : quoteRune(char), flags);
  }
  const base = BASES[verb];
  if (base === undefined) return undefined;
  let digits = (n < 0n ? -n : n).toString(base);
  if (verb === 'X') digits = digits.toUpperCase();
  if (flags.precision !== undefined) digits = digits.padStart(flags.precision, '0');
  if (flags.precision === 0 && n === 0n) digits = '';
  if (flags.sharp && base === 16) digits = `0${verb}${digits}`;
  if (flags.sharp && base === 8) digits = `0${digits}`;
  if (flags.sharp && base === 2) digits = `0b${digits}`;
  if (verb === 'O') digits = `0o${digits}`;
  const signed = n < 0n ? `-${digits}` : digits;
  return padNumber(signed, flags.precision === undefined ? flags : { ...flags, zero: false });
}

/** strconv.FormatFloat; without a precision the shortest text that reads back (`g` has an exponent below 1e-4 and from 1e6 on, whatever the digits). */
export function formatFloat(n: number, verb: string, precision: number | undefined, sharp = false): string {
  if (Number.isNaN(n)) return 'NaN';
  if (!Number.isFinite(n)) return n > 0 ? '+Inf' : '-Inf';
  const upper = verb === verb.toUpperCase();
  let out: string;
  if (verb === 'f' || verb === 'F')
    out = Math.abs(n) < 1e21 ? n.toFixed(Math.min(precision ?? 6, 100)) : BigInt(n).toString();
  else if (verb === 'e' || verb === 'E') out = exponent(n.toExponential(Math.min(precision ?? 6, 100)));
  else if (precision === undefined) {
    const power = n === 0 ? 0 : Number(n.toExponential().split('e')[1]);
    out = power < -4 || power >= 6 ? exponent(n.toExponential()) : plain(n);
  } else out = formatG(n, precision || 1, sharp);
  if (Object.is(n, -0) && out[0] !== '-') out = `-${out}`;
  return upper ? out.toUpperCase() : out;
}

function formatG(n: number, precision: number, sharp: boolean): string {
  const digits = Math.min(precision, 100);
  const power = n === 0 ? 0 : Number(n.toExponential(digits - 1).split('e')[1]);
  const wide = power < -4 || power >= digits;
  const text = wide ? n.toExponential(digits - 1) : n.toFixed(Math.max(0, Math.min(100, digits - 1 - power)));
  if (sharp) return exponent(text);
  const [mantissa, tail] = text.split('e');
  const short = mantissa!.includes('.') ? mantissa!.replace(/\.?0+$/, '') : mantissa!;
  return exponent(tail === undefined ? short : `${short}e${tail}`);
}

/** JavaScript's exponent with at least two digits. */
const exponent = (text: string): string => text.replace(/e([+-])(\d)$/, 'e$10$2');

const plain = (n: number): string => (Math.abs(n) < 1e-6 && n !== 0 ? n.toFixed(20).replace(/0+$/, '') : String(n));

function padNumber(text: string, flags: Flags): string {
  let signed = text;
  if (!/^[+-]/.test(text)) signed = (flags.plus ? '+' : flags.space ? ' ' : '') + text;
  if (flags.zero && !flags.minus && flags.width !== undefined && /\d/.test(signed)) {
    const sign = /^[+\- ]/.exec(signed)?.[0] ?? '';
    return sign + signed.slice(sign.length).padStart(flags.width - sign.length, '0');
  }
  return pad(signed, { ...flags, zero: false });
}

/** Pads to the width in characters. */
function pad(text: string, flags: Flags): string {
  const missing = (flags.width ?? 0) - [...text].length;
  if (missing <= 0) return text;
  if (flags.minus) return text + ' '.repeat(missing);
  return (flags.zero ? '0' : ' ').repeat(missing) + text;
}

/** Whether a value is nil in the sense of Go's `== nil`. */
export function isNilValue(value: GoValue): boolean {
  if (kindOf(value) === 'invalid' || value instanceof GoNil) return true;
  return (value instanceof GoSlice && value.items === null) || (value instanceof GoMap && value.entries === null);
}
