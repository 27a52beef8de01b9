import { ipBytes, parseCidr } from '../../lib/ip.ts';
import { quote } from '../../lib/quote.ts';
import { ramInBytes } from '../../lib/units.ts';
import { RLIMITS } from '../container/rlimits.ts';
import { BY_FLAG, type Directive } from './directives.ts';
import { hostProblem, mirrorProblem } from './validate.ts';

/** What a command line says. */
export interface CommandLine {
  /** By the keys of daemon.json. */
  values: Map<string, unknown>;
  configFile: string | undefined;
  validate: boolean;
  version: boolean;
  help: boolean;
  /** Words that are no flags. */
  words: string[];
}

/** A command line that cannot be understood; the message is pflag's. */
export class UsageError extends Error {}

/** Reads dockerd's command line. @throws UsageError */
export function parseFlags(argv: readonly string[]): CommandLine {
  const line: CommandLine = {
    values: new Map(),
    configFile: undefined,
    validate: false,
    version: false,
    help: false,
    words: [],
  };
  const args = [...argv];
  while (args.length > 0) {
    const word = args.shift()!;
    if (word === '--') {
      line.words.push(...args.splice(0));
    } else if (word.startsWith('--')) {
      const [, name = '', equals, value] = /^--([^=]*)(=?)(.*)$/s.exec(word)!;
      take(line, name, `--${name}`, equals === '' ? undefined : value, args);
    } else if (word.startsWith('-') && word !== '-') {
      short(line, word.slice(1), args);
    } else line.words.push(word);
  }
  return line;
}

/** Letters of one word: `-DH unix://x`, `-Hunix://x`, `-D=false`. */
function short(line: CommandLine, letters: string, args: string[]): void {
  for (let i = 0; i < letters.length; i++) {
    const letter = letters[i]!;
    const rest = letters.slice(i + 1);
    if (letter === 'h') {
      line.help = true;
      continue;
    }
    const directive = BY_FLAG.get(letter);
    if (!directive || directive.short !== letter)
      throw new UsageError(`unknown shorthand flag: ${quote(letter).replaceAll('"', "'")} in -${letters}`);
    const whole = rest.startsWith('=') || directive.kind !== 'bool';
    const value = rest.startsWith('=') ? rest.slice(1) : rest;
    take(line, letter, `-${letter}`, whole && rest !== '' ? value : undefined, args);
    if (whole) return;
  }
}

function take(line: CommandLine, name: string, shown: string, given: string | undefined, args: string[]): void {
  if (name === 'help') {
    line.help = true;
    return;
  }
  const directive = BY_FLAG.get(name);
  if (!directive || (name.length === 1 && shown.startsWith('--'))) throw new UsageError(`unknown flag: ${shown}`);
  let text = given;
  if (text === undefined && directive.kind === 'bool') text = 'true';
  text ??= args.shift();
  if (text === undefined)
    throw new UsageError(
      shown.startsWith('--') ? `flag needs an argument: ${shown}` : `flag needs an argument: '${shown[1]}' in ${shown}`,
    );
  const title = directive.short === '' ? `--${directive.flag}` : `-${directive.short}, --${directive.flag}`;
  const problem = set(line, directive, text);
  if (problem !== undefined) throw new UsageError(`invalid argument ${quote(text)} for "${title}" flag: ${problem}`);
}

/** Notes one value. @returns what is wrong with it */
function set(line: CommandLine, directive: Directive, text: string): string | undefined {
  const { values } = line;
  const { flag, key, kind } = directive;
  switch (kind) {
    case 'bool': {
      if (!/^(1|t|T|true|TRUE|True|0|f|F|false|FALSE|False)$/.test(text))
        return `strconv.ParseBool: parsing ${quote(text)}: invalid syntax`;
      const on = /^[1tT]/.test(text);
      if (flag === 'validate' || flag === 'version') line[flag] = on;
      else if (key !== '') values.set(key, on);
      return undefined;
    }
    case 'int':
      if (!/^[+-]?\d+$/.test(text)) return `strconv.ParseInt: parsing ${quote(text)}: invalid syntax`;
      values.set(key, Number(text));
      return undefined;
    case 'string':
      if (flag === 'config-file') line.configFile = text;
      else values.set(key, text);
      return undefined;
    case 'ip':
      if (!ipBytes(text.trim())) return `failed to parse IP: ${quote(text)}`;
      values.set(key, text.trim());
      return undefined;
    case 'size':
      try {
        ramInBytes(text);
      } catch (error) {
        return (error as Error).message;
      }
      values.set(key, text);
      return undefined;
    default:
      return add(values, directive, text);
  }
}

/** Adds to a value that may be given several times. @returns what is wrong */
function add(values: Map<string, unknown>, { key, kind }: Directive, text: string): string | undefined {
  const list = (values.get(key) as unknown[] | undefined) ?? [];
  const map = (values.get(key) as Record<string, unknown> | undefined) ?? {};
  const [, name = '', equals = '', value = ''] = /^([^=]*)(=?)(.*)$/s.exec(text)!;
  switch (kind) {
    case 'ips':
      for (const address of text.split(',')) {
        if (!ipBytes(address.trim())) return `invalid string being converted to IP address: ${address.trim()}`;
        list.push(address.trim());
      }
      values.set(key, list);
      return undefined;
    case 'list': {
      const problem = itemProblem(key, text);
      if (problem !== undefined) return problem;
      values.set(key, [...list, text]);
      return undefined;
    }
    case 'ulimits': {
      const limit = /^(\w+)=(-?\d+)(?::(-?\d+))?$/.exec(text);
      if (!limit) return `invalid ulimit argument: ${text}`;
      const [, type = '', soft, hard = soft] = limit;
      if (
        RLIMITS[type] === undefined &&
        !['locks', 'msgqueue', 'nice', 'rtprio', 'rttime', 'sigpending'].includes(type)
      )
        return `invalid ulimit type: ${type}`;
      if (Number(soft) > Number(hard) && hard !== '-1')
        return `ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`;
      values.set(key, { ...map, [type]: { Name: type, Hard: Number(hard), Soft: Number(soft) } });
      return undefined;
    }
    case 'runtimes':
      if (equals === '') return `invalid runtime argument: ${text}`;
      if (name === 'runc') return "runtime name 'runc' is reserved";
      if (map[name] !== undefined) return `runtime '${name}' was already defined`;
      values.set(key, { ...map, [name]: { path: value } });
      return undefined;
    case 'features':
      values.set(key, { ...map, [name]: equals === '' || /^[1tT]/.test(value) });
      return undefined;
    case 'pools': {
      const pool = poolOf(text);
      if (typeof pool === 'string') return pool;
      values.set(key, [...list, pool]);
      return undefined;
    }
    case 'network-opts': {
      const [, option = '', of = ''] = /^([^=]*)=(.*)$/s.exec(value) ?? [];
      if (equals === '' || option === '') return `invalid value for map option: ${text}`;
      values.set(key, { ...map, [name]: { ...(map[name] as Record<string, string> | undefined), [option]: of } });
      return undefined;
    }
    default:
      values.set(key, { ...map, [name]: value });
      return undefined;
  }
}

function itemProblem(key: string, text: string): string | undefined {
  if (key === 'labels' && !text.includes('=')) return `bad attribute format: ${text}`;
  if (key === 'hosts') return hostProblem(text);
  if (key === 'registry-mirrors') return mirrorProblem(text);
  return undefined;
}

function poolOf(text: string): { base: string; size: number } | string {
  const pool = { base: '', size: 0 };
  for (const field of text.split(',')) {
    const [, name = '', value] = /^([^=]*)(?:=(.*))?$/.exec(field)!;
    if (value === undefined) return `invalid field '${field}' must be a key=value pair`;
    if (name.toLowerCase() === 'base') {
      if (!parseCidr(value) || !value.includes('/'))
        return `invalid base prefix ${quote(value)}: netip.ParsePrefix(${quote(value)}): no '/'`;
      pool.base = value;
    } else if (name.toLowerCase() === 'size') {
      if (!/^\d+$/.test(value))
        return `invalid size value: ${quote(value)}: strconv.Atoi: parsing ${quote(value)}: invalid syntax`;
      pool.size = Number(value);
    } else return `unexpected key '${name}' in '${field}'`;
  }
  return pool;
}
