import type { HashFactory, HashName } from '../../lib/hash.ts';
import { decode } from '../../lib/utf8.ts';
import { joinBytes, readFile, type Wait, writeFile } from '../../libc/io.ts';
import { type Context, exitWith } from '../../libc/program.ts';

/** Digests that are here. */
export const DIGEST_NAMES = [
  'md5',
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
] as const satisfies readonly HashName[];
export type DigestName = (typeof DIGEST_NAMES)[number];

/** What a command of openssl runs with. */
export interface Openssl {
  ctx: Context;
  hashes: Readonly<Record<DigestName, HashFactory>>;
  /** The command's name, for messages. */
  command: string;
}

export type Command = (o: Openssl, argv: string[]) => Wait<number>;

/** `-name VALUE` and `-flag` options, as openssl has them. @param valued names that take a value */
export function* options(
  o: Openssl,
  argv: readonly string[],
  valued: string,
  flags: string,
): Wait<{ values: Map<string, string>; many: Map<string, string[]>; flags: Set<string>; rest: string[] }> {
  const values = new Map<string, string>();
  const many = new Map<string, string[]>();
  const set = new Set<string>();
  const [withValue, without] = [valued.split(' '), flags.split(' ')];
  let i = 0;
  for (; i < argv.length && argv[i]!.startsWith('-') && argv[i] !== '-'; i++) {
    const name = argv[i]!.replace(/^--?/, '');
    if (withValue.includes(name)) {
      const value = argv[++i];
      if (value === undefined) return yield* refuse(o, `Option -${name} needs a value`);
      values.set(name, value);
      many.set(name, [...(many.get(name) ?? []), value]);
    } else if (without.includes(name)) set.add(name);
    else return yield* refuse(o, `Unknown option: -${name}`);
  }
  return { values, many, flags: set, rest: argv.slice(i) };
}

/** Wrong usage: the message and where help is. */
export function* refuse(o: Openssl, message: string): Wait<never> {
  yield* o.ctx.stdout.flush();
  yield* o.ctx.stderr.write(`${o.command}: ${message}\n${o.command}: Use -help for summary.\n`);
  return exitWith(1);
}

export function* fail(o: Openssl, message: string): Wait<never> {
  yield* o.ctx.stdout.flush();
  yield* o.ctx.stderr.write(`${message}\n`);
  return exitWith(1);
}

/** A whole file, or standard input. */
export function* input(o: Openssl, path: string | undefined, what: string): Wait<Uint8Array> {
  if (path === undefined || path === '-') {
    const pieces: Uint8Array[] = [];
    for (let part; (part = yield* o.ctx.stdin.chunk()); ) pieces.push(part.slice());
    return joinBytes(pieces);
  }
  const bytes = yield* readFile(o.ctx.sys, path);
  if (typeof bytes !== 'number') return bytes;
  return yield* fail(o, `Could not open file or uri for loading ${what} from ${path}: ${o.ctx.strerror(bytes)}`);
}

export function* textOf(o: Openssl, path: string | undefined, what: string): Wait<string> {
  return decode(yield* input(o, path, what));
}

/** Writes to a file or standard output. @param mode of a file: keys are the owner's alone */
export function* output(o: Openssl, path: string | undefined, data: string | Uint8Array, mode = 0o644): Wait<void> {
  if (path === undefined || path === '-') {
    yield* o.ctx.stdout.write(data);
    return;
  }
  const r = yield* writeFile(o.ctx.sys, path, data, mode);
  if (r < 0) yield* fail(o, `Can't open "${path}" for writing, ${o.ctx.strerror(r)}`);
}

/** -passin, -passout, -pass: `pass:…`, `env:…`, `file:…`, `stdin`. */
export function* secret(o: Openssl, text: string): Wait<string> {
  if (text.startsWith('pass:')) return text.slice(5);
  if (text.startsWith('env:'))
    return o.ctx.env.get(text.slice(4)) ?? (yield* fail(o, `Can't read environment variable ${text.slice(4)}`));
  if (text.startsWith('file:')) return (yield* textOf(o, text.slice(5), 'password')).split('\n')[0]!;
  if (text === 'stdin') return (yield* o.ctx.stdin.line()) ?? '';
  return yield* fail(o, `Invalid password argument, starting with "${text.slice(0, 6)}"`);
}
