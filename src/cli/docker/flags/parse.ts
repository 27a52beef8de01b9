import { GoError } from '../../../lib/go-value.ts';
import { quote, quoteRune } from '../../../lib/quote.ts';
import type { FlagSpec } from '../tree.ts';
import { notBool, parseBool } from './bool.ts';
import { type HiddenFlag, specOfHidden } from './hidden.ts';
import { isMany, setValue, type ValueContext } from './values.ts';

/** Wrong usage of a flag; the text is pflag's. */
export class FlagError extends Error {}

/** The values of a command's flags. */
export class Flags {
  readonly #specs: ReadonlyMap<string, FlagSpec>;
  readonly #shorts: ReadonlyMap<string, FlagSpec>;
  readonly #one: Map<string, string> = new Map();
  readonly #many: Map<string, string[]> = new Map();
  readonly #counts: Map<string, number> = new Map();
  /** `--help` was given, or `-h` where that is no other flag. */
  help = false;
  /** … and it was `-h`, which is deprecated. */
  shortHelp = false;

  /** Why a flag that was given cannot be used at this daemon. */
  refused: string | undefined;
  /** What is to be said of flags that were given. */
  readonly notes: string[] = [];
  readonly #hidden: ReadonlyMap<string, HiddenFlag>;

  constructor(
    specs: readonly FlagSpec[],
    private readonly context: ValueContext,
    hidden: readonly HiddenFlag[] = [],
  ) {
    this.#specs = new Map([...hidden.map(specOfHidden), ...specs].map((f) => [f.name, f]));
    this.#hidden = new Map(hidden.map((f) => [f.name, f]));
    this.#shorts = new Map(specs.filter((f) => f.short !== '').map((f) => [f.short, f]));
  }

  has(name: string): boolean {
    return this.#specs.has(name);
  }

  /** Whether the flag was given. */
  changed(name: string): boolean {
    return this.#one.has(name) || this.#many.has(name);
  }

  /** A text; the declared default where it was not given. */
  text(name: string): string {
    return this.#one.get(name) ?? defaultText(this.#specs.get(name)?.default);
  }

  bool(name: string): boolean {
    const value = this.#one.get(name);
    return value === undefined ? this.#specs.get(name)?.default === 'true' : parseBool(value) === true;
  }

  /** A number; 0 where it was not given and has no default. Durations are nanoseconds, sizes bytes. */
  number(name: string): number {
    const value = this.#one.get(name) ?? this.#specs.get(name)?.default;
    return value === undefined || Number.isNaN(Number(value)) ? 0 : Number(value);
  }

  /** Whether any flag was given. */
  any(): boolean {
    return this.#counts.size > 0;
  }

  /** How often a flag was given. */
  count(name: string): number {
    return this.#counts.get(name) ?? 0;
  }

  /** All values of a flag that may come several times, in order. */
  list(name: string): string[] {
    return this.#many.get(name) ?? [];
  }

  /**
   * Parses arguments. @returns those that are no flags
   * @param interspersed whether flags may come after arguments
   * @throws FlagError
   */
  parse(args: readonly string[], interspersed: boolean): string[] {
    const rest: string[] = [];
    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!;
      if (arg.length < 2 || arg[0] !== '-') {
        if (!interspersed) return [...rest, ...args.slice(i)];
        rest.push(arg);
      } else if (arg === '--') return [...rest, ...args.slice(i + 1)];
      else if (arg[1] === '-') i += this.#long(arg, args[i + 1]);
      else i += this.#shortCluster(arg, args[i + 1]);
    }
    return rest;
  }

  /** @returns how many further arguments were taken */
  #long(arg: string, following: string | undefined): number {
    const body = arg.slice(2);
    if (body === '' || body[0] === '-' || body[0] === '=') throw new FlagError(`bad flag syntax: ${arg}`);
    const equals = body.indexOf('=');
    const name = equals < 0 ? body : body.slice(0, equals);
    const spec = this.#specs.get(name);
    if (!spec || (name === 'help' && spec.type === 'bool')) {
      if (name !== 'help') throw new FlagError(`unknown flag: --${name}`);
      this.#setHelp(equals < 0 ? 'true' : body.slice(equals + 1));
      return 0;
    }
    if (equals >= 0) {
      this.#set(spec, body.slice(equals + 1));
      return 0;
    }
    if (spec.type === 'bool') {
      this.#set(spec, 'true');
      return 0;
    }
    if (following === undefined) throw new FlagError(`flag needs an argument: --${name}`);
    this.#set(spec, following);
    return 1;
  }

  #shortCluster(arg: string, following: string | undefined): number {
    for (let left = arg.slice(1); left !== ''; ) {
      const letter = String.fromCodePoint(left.codePointAt(0)!);
      const spec = this.#shorts.get(letter);
      if (!spec) {
        if (letter !== 'h') throw new FlagError(`unknown shorthand flag: ${quoteRune(letter)} in -${left}`);
        this.shortHelp = true;
        left = left.slice(1);
        if (left.length > 1 && left[0] === '=') {
          this.#setHelp(left.slice(1));
          return 0;
        }
        this.help = true;
        continue;
      }
      const rest = left.slice(letter.length);
      if (rest.length > 1 && rest[0] === '=') {
        this.#set(spec, rest.slice(1));
        return 0;
      }
      if (spec.type === 'bool') {
        this.#set(spec, 'true');
        left = rest;
        continue;
      }
      if (rest !== '') {
        this.#set(spec, rest);
        return 0;
      }
      if (following === undefined) throw new FlagError(`flag needs an argument: ${quoteRune(letter)} in -${left}`);
      this.#set(spec, following);
      return 1;
    }
    return 0;
  }

  /** `--help`, which every command has. */
  #setHelp(raw: string): void {
    const value = parseBool(raw);
    if (value === undefined) throw new FlagError(`invalid argument ${quote(raw)} for "--help" flag: ${notBool(raw)}`);
    this.help = value;
  }

  #set(spec: FlagSpec, raw: string): void {
    try {
      const hidden = this.#hidden.get(spec.name);
      const name = hidden?.like ?? spec.name;
      const value = setValue(this.#specs.get(name) ?? spec, raw, this.context);
      if (!isMany(spec.type)) this.#one.set(name, value[0] ?? raw);
      else this.#many.set(name, [...(this.#many.get(name) ?? []), ...value]);
      this.#counts.set(name, this.count(name) + 1);
      this.refused ??= hidden?.refused;
      if (hidden?.deprecated) this.notes.push(`Flag --${spec.name} has been deprecated, ${hidden.deprecated}`);
    } catch (error) {
      if (!(error instanceof GoError)) throw error;
      const shown = spec.short === '' ? `--${spec.name}` : `-${spec.short}, --${spec.name}`;
      throw new FlagError(`invalid argument ${quote(raw)} for ${quote(shown)} flag: ${error.message}`);
    }
  }
}

/** The value behind help's `(default "x")`: `"always"` is always; words like `shows just running` are none. */
function defaultText(shown: string | undefined): string {
  if (shown === undefined) return '';
  return shown.startsWith('"') ? shown.slice(1, -1) : '';
}
