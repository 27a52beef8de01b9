import { byteLength, decode, encode } from '../../../lib/utf8.ts';
import type { Int } from '../expand/integer.ts';
import { backslashQuote } from '../expand/transform.ts';
import { unescape } from './echo.ts';
import { formatTime } from './time-format.ts';

/** Whose printf it is: words of the messages and what is known differ. */
export type PrintfKind = 'bash' | 'dash' | 'busybox' | 'gnu';

export interface PrintfResult {
  text: string;
  /** Messages without the program's name. */
  messages: string[];
  status: number;
  /** The shell's line is given up (dash, busybox: unusable format). */
}

/** What `%(…)T` needs. */
export interface PrintfClock {
  now(): number;
  started(): number;
  zone(): string;
}

/**
 * printf(1): applies `format` to `args` as often as there are arguments.
 * @see POSIX printf; bash(1)
 */
export function printf(
  format: string,
  args: readonly string[],
  kind: PrintfKind,
  clock?: PrintfClock,
  bytes = false,
): PrintfResult {
  const run = new Printf(format, args, kind, clock, bytes);
  run.all();
  return { text: run.out, messages: run.messages, status: run.status };
}

/** What strftime(3) of `%(…)T` may make, with its end. */
const TIME_BUFFER = 128;
const CONVERSION = /^([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d*))?(?:hh|h|ll|l|j|z|t|L)?(.)/su;

class Printf {
  out = '';
  messages: string[] = [];
  status = 0;
  #arg = 0;
  #stopped = false;

  constructor(
    readonly format: string,
    readonly args: readonly string[],
    readonly kind: PrintfKind,
    readonly clock: PrintfClock | undefined,
    /** Characters are bytes (bash in the C locale). */
    readonly bytes: boolean,
  ) {}

  all(): void {
    do {
      const before = this.#arg;
      this.#once();
      if (this.#stopped || this.#arg === before) break;
    } while (this.#arg < this.args.length);
  }

  /** Without \u and \x. */
  get #plain(): boolean {
    return this.kind === 'dash' || this.kind === 'busybox';
  }

  #next(): string | undefined {
    return this.#arg < this.args.length ? this.args[this.#arg++] : undefined;
  }

  #fail(message: string, status = 1): void {
    this.messages.push(message);
    this.status = status;
  }

  #once(): void {
    const { format } = this;
    let at = 0;
    while (at < format.length && !this.#stopped) {
      const percent = format.indexOf('%', at);
      const text = format.slice(at, percent < 0 ? format.length : percent);
      if (text !== '') {
        const { out, cut } = this.#literal(text);
        this.out += out;
        if (cut) {
          this.#stopped = true;
          return;
        }
      }
      if (percent < 0) return;
      if (format[percent + 1] === '%') {
        this.out += '%';
        at = percent + 2;
        continue;
      }
      at = this.#conversion(percent);
    }
  }

  #literal(text: string): { out: string; cut: boolean } {
    if (!text.includes('\\')) return { out: text, cut: false };
    return unescape(text, this.#plain, this.kind === 'busybox' ? 'ash-format' : 'format');
  }

  #conversion(percent: number): number {
    const time = /^%([-+ #0']*)(\*|\d+)?(?:\.(\*|-?\d*))?\(([^)]*)\)T/.exec(this.format.slice(percent));
    if (time && this.kind === 'bash') {
      this.#time(time);
      return percent + time[0].length;
    }
    const paren =
      this.kind === 'bash' &&
      /^%[-+ #0']*(?:\*|\d+)?(?:\.(?:\*|-?\d*))?(\([^)]*)(\)?)([\s\S]?)/.exec(this.format.slice(percent));
    if (paren) return this.#noTime(percent, paren);
    const m = CONVERSION.exec(this.format.slice(percent + 1));
    if (!m) {
      this.#missing(this.format.slice(percent));
      return this.format.length;
    }
    let flags = m[1]!;
    let width = m[2] === undefined ? 0 : Number(m[2]);
    if (m[2] === '*') {
      width = Number(this.#integer(this.#next() ?? '0'));
      if (width < 0) {
        flags += '-';
        width = -width;
      }
    }
    let precision = m[3] === undefined ? undefined : Number(m[3] || '0');
    if (m[3] === '*') precision = Number(this.#integer(this.#next() ?? '0'));
    if (precision !== undefined && precision < 0) precision = undefined;
    const end = percent + 1 + m[0].length;
    this.#convert(m[4]!, flags, width, precision, this.format.slice(percent, end));
    return end;
  }

  /** `%(…` without `)T` behind it. */
  #noTime(percent: number, [, , closed, letter]: RegExpExecArray): number {
    if (closed !== '') {
      this.messages.push(`warning: \`${letter}': invalid time format specification`);
      this.out += '%';
      return percent + 1;
    }
    const after = this.format.slice(percent + 2);
    this.messages.push(`warning: \`V': invalid time format specification`);
    this.#stopped = true;
    this.out += '%(';
    this.#fail(`\`${after[1] ?? '('}': invalid format character`);
    return this.format.length;
  }

  #missing(directive: string): void {
    this.#stopped = true;
    if (this.kind === 'bash')
      this.#fail(`\`${directive.slice(-1) === '%' ? '%' : directive.at(-1)}': missing format character`);
    else if (this.kind === 'dash') this.#fail(`${directive}: missing format character`);
    else if (this.kind === 'busybox') this.#fail(`${directive}: invalid format`);
    else this.#fail(`‘${directive}’: invalid conversion specification`);
  }

  #time(m: RegExpExecArray): void {
    const arg = this.#next();
    let seconds: number;
    if (arg === undefined || arg === '-1' || arg === '') seconds = Math.floor((this.clock?.now() ?? 0) / 1000);
    else if (arg === '-2') seconds = Math.floor((this.clock?.started() ?? 0) / 1000);
    else seconds = Number(this.#integer(arg));
    const whole = formatTime(m[4] || '%X', seconds, this.clock?.zone() ?? 'UTC0');
    const text = byteLength(whole) < TIME_BUFFER ? whole : '';
    this.out += this.#pad(m[3] ? this.#cut(text, Number(m[3])) : text, m[1]!, Number(m[2] ?? '0') || 0);
  }

  #pad(text: string, flags: string, width: number): string {
    const length = byteLength(text);
    if (length >= width) return text;
    const space = ' '.repeat(width - length);
    return flags.includes('-') ? text + space : space + text;
  }

  #convert(conversion: string, flags: string, width: number, precision: number | undefined, directive: string): void {
    switch (conversion) {
      case 's':
        this.out += this.#pad(this.#cut(this.#next() ?? '', precision), flags, width);
        return;
      case 'b': {
        const { out, cut } = unescape(this.#next() ?? '', this.#plain, this.kind === 'busybox' ? 'ash' : 'argument');
        this.out += this.#pad(this.#cut(out, precision), flags, width);
        if (cut) this.#stopped = true;
        return;
      }
      case 'q':
        if (this.kind !== 'bash' && this.kind !== 'gnu') break;
        this.out += this.#pad(this.#cut(backslashQuote(this.#next() ?? '', this.bytes), precision), flags, width);
        return;
      case 'Q':
        if (this.kind !== 'bash') break;
        // the precision is that of what is quoted
        this.out += this.#pad(backslashQuote(this.#cut(this.#next() ?? '', precision), this.bytes), flags, width);
        return;
      case 'c':
        this.out += this.#pad(firstByte(this.#next() ?? ''), flags, width);
        return;
      case 'd':
      case 'i':
      case 'u':
      case 'o':
      case 'x':
      case 'X':
        this.out += this.#number(conversion, this.#integer(this.#next()), flags, width, precision);
        return;
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G':
      case 'a':
      case 'A':
        this.out += this.#float(conversion, this.#double(this.#next()), flags, width, precision);
        return;
      case 'n':
        if (this.kind === 'bash') {
          this.#next();
          return;
        }
        break;
      default:
    }
    this.#stopped = true;
    if (this.kind === 'bash') this.#fail(`\`${conversion}': invalid format character`);
    else if (this.kind === 'dash') this.#fail(`${directive}: invalid directive`, 2);
    else if (this.kind === 'busybox') this.#fail(`${directive}: invalid format`);
    else this.#fail(`${directive}: invalid conversion specification`);
  }

  #cut(text: string, precision: number | undefined): string {
    if (precision === undefined) return text;
    return decode(encode(text).subarray(0, precision));
  }

  /** The value of a numeric argument; what is wrong with it is said, and the number before that used. */
  #integer(argument: string | undefined): Int {
    const arg = argument ?? '';
    const text = arg.trimStart();
    if (text === '') {
      if (this.kind === 'busybox') this.#fail(this.#invalidNumber(text));
      else if (arg !== '') this.#fail(this.#invalidNumber(arg));
      return 0;
    }
    if (text[0] === "'" || text[0] === '"')
      return text.length > 1 ? codeOf(text.slice(1), this.#plain || this.bytes) : 0;
    const m = /^([-+]?)(0[xX][0-9A-Fa-f]+|0[0-7]*|[1-9]\d*)/.exec(text);
    if (!m) {
      this.#fail(this.#invalidNumber(arg));
      return 0;
    }
    const digits = m[2]!;
    let value = /^0[xX]/.test(digits)
      ? BigInt(digits)
      : digits.startsWith('0') && digits.length > 1
        ? BigInt(`0o${digits.slice(1)}`)
        : BigInt(digits);
    if (m[1] === '-') value = -value;
    if (m[0].length < text.length) {
      this.#fail(this.#partial(arg));
      if (this.kind === 'busybox') return 0;
    }
    if (value > 18446744073709551615n || value < -9223372036854775808n) {
      this.#fail(this.#range(arg));
      return value < 0n ? -9223372036854775808n : 9223372036854775807n;
    }
    if (value > 9223372036854775807n) this.#large = true;
    return value >= -9007199254740991n && value <= 9007199254740991n ? Number(value) : value;
  }
  #large = false;

  #invalidNumber(arg: string): string {
    switch (this.kind) {
      case 'bash':
        return `${arg}: invalid number`;
      case 'dash':
        return `${arg}: expected numeric value`;
      case 'busybox':
        return `invalid number '${arg}'`;
      default:
        return `‘${arg}’: expected a numeric value`;
    }
  }

  #partial(arg: string): string {
    switch (this.kind) {
      case 'bash':
        return `${arg}: invalid number`;
      case 'dash':
        return `${arg}: not completely converted`;
      case 'busybox':
        return `invalid number '${arg}'`;
      default:
        return `‘${arg}’: value not completely converted`;
    }
  }

  #range(arg: string): string {
    const words = 'Numerical result out of range';
    return this.kind === 'bash'
      ? `warning: ${arg}: ${words}`
      : this.kind === 'gnu'
        ? `‘${arg}’: ${words}`
        : `${arg}: ${words}`;
  }

  #number(conversion: string, given: Int, flags: string, width: number, precision: number | undefined): string {
    let value = given;
    const large = this.#large;
    this.#large = false;
    if (conversion !== 'd' && conversion !== 'i') {
      if (value < 0) value = BigInt.asUintN(64, BigInt(value));
    } else if (large) {
      this.#fail(this.#range(String(given)));
      value = 9223372036854775807n;
    }
    const negative = value < 0;
    const absolute = negative ? (typeof value === 'bigint' ? -value : -value) : value;
    let digits = absolute.toString(conversion === 'o' ? 8 : conversion === 'x' || conversion === 'X' ? 16 : 10);
    if (precision !== undefined) digits = precision === 0 && value === 0 ? '' : digits.padStart(precision, '0');
    let prefix = '';
    if (flags.includes('#') && value !== 0) {
      if (conversion === 'x' || conversion === 'X') prefix = '0x';
      if (conversion === 'o' && !digits.startsWith('0')) digits = `0${digits}`;
    }
    if (conversion === 'd' || conversion === 'i')
      prefix = negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
    if (flags.includes("'") && (conversion === 'd' || conversion === 'i' || conversion === 'u')) digits = `${digits}`;
    let text = prefix + digits;
    if (flags.includes('0') && !flags.includes('-') && precision === undefined && text.length < width)
      text = prefix + digits.padStart(width - prefix.length, '0');
    if (conversion === 'X') text = text.toUpperCase();
    return this.#pad(text, flags, width);
  }

  #double(arg: string | undefined): number {
    if (arg === undefined || arg === '') return 0;
    const text = arg.trim();
    if (text[0] === "'" || text[0] === '"') return codeOf(text.slice(1), this.#plain || this.bytes);
    const special = /^([-+]?)(inf(?:inity)?|nan)$/i.exec(text);
    if (special) {
      const value = special[2]!.toLowerCase() === 'nan' ? Number.NaN : Number.POSITIVE_INFINITY;
      return special[1] === '-' ? -value : value;
    }
    const hex = /^([-+]?)0[xX]([0-9A-Fa-f]*)(?:\.([0-9A-Fa-f]*))?(?:[pP]([-+]?\d+))?/.exec(text);
    if (hex && (hex[2] !== '' || hex[3])) {
      let value = Number.parseInt(hex[2] || '0', 16);
      if (hex[3]) value += Number.parseInt(hex[3], 16) / 16 ** hex[3].length;
      value *= 2 ** Number(hex[4] ?? '0');
      return hex[1] === '-' ? -value : value;
    }
    const m = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?/.exec(text);
    if (!m) {
      this.#fail(this.#invalidNumber(arg));
      return 0;
    }
    if (m[0].length < text.length) this.#fail(this.#partial(arg));
    return Number(m[0]);
  }

  #float(conversion: string, value: number, flags: string, width: number, given: number | undefined): string {
    const lower = conversion.toLowerCase();
    const negative = value < 0 || Object.is(value, -0);
    const absolute = Math.abs(value);
    let digits: string;
    if (Number.isNaN(value)) digits = 'nan';
    else if (!Number.isFinite(value)) digits = 'inf';
    else if (lower === 'f') digits = fixed(absolute, given ?? 6);
    else if (lower === 'e') digits = exponential(absolute, given ?? 6);
    else if (lower === 'g') digits = general(absolute, given ?? 6, flags.includes('#'));
    else digits = hexFloat(absolute, given);
    if (flags.includes('#') && given === 0 && lower === 'f') digits += '.';
    const prefix = negative && !Number.isNaN(value) ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
    let text = prefix + digits;
    if (flags.includes('0') && !flags.includes('-') && Number.isFinite(value) && text.length < width)
      text = prefix + digits.padStart(width - prefix.length, '0');
    if (conversion !== lower) text = text.toUpperCase();
    return this.#pad(text, flags, width);
  }
}

function firstByte(text: string): string {
  if (text === '') return '\0';
  const bytes = encode(text.slice(0, 2));
  return decode(bytes.subarray(0, 1));
}

function codeOf(text: string, bytes: boolean): number {
  if (bytes) return encode(text)[0] ?? 0;
  const code = text.codePointAt(0) ?? 0;
  return code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code;
}

/** Rounded as C rounds: a value just between two goes to the even one. */
function halfToEven(value: number, precision: number): string {
  const text = value.toFixed(precision);
  const exact = value.toFixed(Math.min(100, precision + 40));
  const at = exact.indexOf('.') + 1 + precision;
  if (!/^50*$/.test(exact.slice(at))) return text;
  const below = exact.slice(0, precision === 0 ? at - 1 : at);
  return '02468'.includes(below.at(-1)!) ? below : text;
}

/** `%.Nf` exactly, by the value's binary expansion. */
function fixed(value: number, precision: number): string {
  if (precision <= 100 && value < 1e21) {
    return halfToEven(value, precision);
  }
  const whole = BigInt(value).toString();
  return precision === 0 ? whole : `${whole}.${'0'.repeat(precision)}`;
}

function exponential(value: number, precision: number): string {
  const [mantissa, exponent] = value.toExponential(Math.min(100, precision)).split('e') as [string, string];
  const sign = exponent.startsWith('-') ? '-' : '+';
  return `${mantissa}e${sign}${exponent.replace(/^[-+]/, '').padStart(2, '0')}`;
}

function general(value: number, given: number, keep: boolean): string {
  const precision = given === 0 ? 1 : given;
  const exponent = value === 0 ? 0 : Number(value.toExponential(Math.min(100, precision - 1)).split('e')[1]);
  let text =
    exponent < -4 || exponent >= precision
      ? exponential(value, precision - 1)
      : fixed(value, Math.max(0, precision - 1 - exponent));
  if (!keep && text.includes('.')) text = text.replace(/\.?0+(?=e|$)/, '');
  return text;
}

/** `%a`: as glibc prints a long double, with the leading digit between 8 and f. */
function hexFloat(value: number, precision: number | undefined): string {
  if (value === 0) return `0x0${precision ? `.${'0'.repeat(precision)}` : ''}p+0`;
  let exponent = Math.floor(Math.log2(value));
  let mantissa = value / 2 ** exponent;
  mantissa *= 8;
  exponent -= 3;
  let digits = '';
  let whole = Math.floor(mantissa);
  let rest = mantissa - whole;
  for (let i = 0; i < (precision ?? 15) && (precision !== undefined || rest > 0); i++) {
    rest *= 16;
    digits += Math.floor(rest).toString(16);
    rest -= Math.floor(rest);
  }
  if (precision !== undefined && rest >= 0.5 && digits === '') whole += 1;
  return `0x${whole.toString(16)}${digits === '' ? '' : `.${digits}`}p${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
}
