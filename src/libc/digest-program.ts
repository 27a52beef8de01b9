import type { HashFactory } from '../lib/hash.ts';
import { openInput } from './input.ts';
import type { Wait } from './io.ts';
import { type AppletSpec, type Context, type ProgramModule, program } from './program.ts';
import { quoteIfNeeded } from './shell-quote.ts';

const options = {
  binary: { short: 'b', busybox: false, help: 'read in binary mode' },
  check: { short: 'c', help: 'read checksums from the FILEs and check them' },
  tag: { busybox: false, help: 'create a BSD-style checksum' },
  text: { short: 't', busybox: false, help: 'read in text mode (default)' },
  zero: { short: 'z', busybox: false, help: 'end each output line with NUL, and do not escape names' },
  ignoreMissing: { busybox: false, help: "don't fail or report status for missing files" },
  quiet: { busybox: false, help: "don't print OK for each verified file" },
  status: { busybox: false, help: "don't output anything, status code shows success" },
  strict: { busybox: false, help: 'exit non-zero for improperly formatted lines' },
  warn: { short: 'w', help: 'warn about improperly formatted lines' },
  silent: { short: 's', long: false, busybox: 'only', help: "Don't output anything, status code shows success" },
} as const;

type Ctx = Context<typeof options>;

export interface DigestSpec {
  /** `md5sum` */
  name: string;
  /** As `--tag` prints it. */
  algorithm: string;
  /** Absent: busybox has no such applet. */
  busybox?: AppletSpec;
  /** There is only the applet. */
  onlyBusybox?: true;
}

/** md5sum(1) and its kin: print or check digests. */
export function digestProgram(hash: HashFactory, spec: DigestSpec): ProgramModule {
  return program({
    name: spec.name,
    at: [`/usr/bin/${spec.name}`],
    spec: `GNU coreutils 9.4 ${spec.name}(1)`,
    version: '(GNU coreutils) 9.4',
    usage: '[OPTION]... [FILE]...',
    about: `Print or check ${spec.algorithm} checksums.`,
    options,
    ...(spec.busybox && { busybox: spec.busybox }),
    ...(spec.onlyBusybox && { gnu: false }),
    *main(ctx) {
      const { opts } = ctx;
      const names = ctx.args.length === 0 ? ['-'] : ctx.args;
      if (!opts.check) {
        for (const flag of ['ignoreMissing', 'status', 'quiet', 'strict'] as const)
          if (opts[flag])
            return yield* ctx.usage(
              `the --${flag === 'ignoreMissing' ? 'ignore-missing' : flag} option is meaningful only when verifying checksums`,
            );
        return yield* printAll(ctx, hash, spec.algorithm, names);
      }
      if (opts.tag) return yield* ctx.usage('the --tag option is meaningless when verifying checksums');
      let status = 0;
      for (const name of names) if (!(yield* checkList(ctx, hash, spec.algorithm, name))) status = 1;
      return status;
    },
  });
}

function* digestOf(ctx: Ctx, hash: HashFactory, name: string): Wait<string | undefined> {
  const input = yield* openInput(ctx, name);
  if (!input) return undefined;
  const state = hash.create();
  for (let part; (part = yield* input.chunk()) !== undefined; ) {
    state.update(part);
    if (ctx.sys.tick()) yield;
  }
  if (input !== ctx.stdin) ctx.sys.close(input.fd);
  if (input.error === 0) return state.digestHex();
  yield* ctx.warn(`${quoteIfNeeded(name)}: ${ctx.strerror(input.error)}`);
  return undefined;
}

function* printAll(ctx: Ctx, hash: HashFactory, algorithm: string, names: readonly string[]): Wait<number> {
  const { opts } = ctx;
  let status = 0;
  for (const name of names) {
    const digest = yield* digestOf(ctx, hash, name);
    if (digest === undefined) {
      status = 1;
      continue;
    }
    const escaped = ctx.form === 'gnu' && !opts.zero ? escapeName(name) : name;
    const mark = escaped === name ? '' : '\\';
    const end = opts.zero ? '\0' : '\n';
    yield* ctx.stdout.write(
      opts.tag
        ? `${mark}${algorithm} (${escaped}) = ${digest}${end}`
        : `${mark}${digest} ${opts.binary ? '*' : ' '}${escaped}${end}`,
    );
  }
  return status;
}

const escapeName = (name: string): string =>
  name.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r');

interface Line {
  digest: string;
  name: string;
}

function readLine(line: string, algorithm: string, digits: number, form: 'gnu' | 'busybox'): Line | undefined {
  if (form === 'busybox') {
    const m = /^(\S+) [ *](.+)$/.exec(line);
    return m ? { digest: m[1]!, name: m[2]! } : undefined;
  }
  const escaped = line.startsWith('\\');
  const text = escaped ? line.slice(1) : line;
  const unescape = (name: string): string =>
    escaped ? name.replace(/\\([\\nr])/g, (_, c: string) => (c === 'n' ? '\n' : c === 'r' ? '\r' : '\\')) : name;
  const tagged = new RegExp(`^\\s*${algorithm} ?\\((.*)\\) ?= ?([0-9a-fA-F]{${digits}})$`).exec(text);
  if (tagged) return { digest: tagged[2]!, name: unescape(tagged[1]!) };
  const plain = new RegExp(`^\\s*([0-9a-fA-F]{${digits}}) (?:[ *])?(.+)$`).exec(text);
  return plain ? { digest: plain[1]!, name: unescape(plain[2]!) } : undefined;
}

interface Tally {
  lines: number;
  malformed: number;
  mismatched: number;
  unreadable: number;
  matched: number;
}

function* checkList(ctx: Ctx, hash: HashFactory, algorithm: string, list: string): Wait<boolean> {
  const { opts } = ctx;
  const input = yield* openInput(ctx, list, 'plain');
  if (!input) return false;
  const shown = list === '-' ? 'standard input' : quoteIfNeeded(list);
  const digits = hash.hex(new Uint8Array(0)).length;
  const tally: Tally = { lines: 0, malformed: 0, mismatched: 0, unreadable: 0, matched: 0 };
  let number = 0;
  for (let text; (text = yield* input.line()) !== undefined; ) {
    number++;
    const line = text.replace(/\r$/, '');
    if (ctx.form === 'gnu' && (line.startsWith('#') || line === '')) continue;
    const parsed = readLine(line, algorithm, digits, ctx.form);
    if (!parsed) {
      if (ctx.form === 'gnu') tally.malformed++;
      else {
        tally.lines++;
        tally.mismatched++;
      }
      if (opts.warn)
        yield* ctx.warn(
          ctx.form === 'gnu'
            ? `${shown}: ${number}: improperly formatted ${algorithm} checksum line`
            : 'invalid format',
        );
      continue;
    }
    tally.lines++;
    yield* checkOne(ctx, hash, parsed, tally);
  }
  if (input !== ctx.stdin) ctx.sys.close(input.fd);
  return ctx.form === 'gnu' ? yield* gnuVerdict(ctx, shown, tally) : yield* busyboxVerdict(ctx, list, tally);
}

function* checkOne(ctx: Ctx, hash: HashFactory, line: Line, tally: Tally): Wait<void> {
  const { opts } = ctx;
  const missingOk = opts.ignoreMissing && ctx.sys.access(line.name, 0) < 0;
  if (missingOk) return;
  const digest = yield* digestOf(ctx, hash, line.name);
  const quiet = opts.status || opts.silent;
  const escaped = escapeName(line.name);
  const name = ctx.form === 'busybox' || !/[\n\r]/.test(line.name) ? line.name : `\\${escaped}`;
  if (digest === undefined) {
    tally.unreadable++;
    if (!quiet) yield* ctx.stdout.write(`${name}: FAILED${ctx.form === 'gnu' ? ' open or read' : ''}\n`);
  } else if (digest === line.digest.toLowerCase()) {
    tally.matched++;
    if (!quiet && !opts.quiet) yield* ctx.stdout.write(`${name}: OK\n`);
  } else {
    tally.mismatched++;
    if (!quiet) yield* ctx.stdout.write(`${name}: FAILED\n`);
  }
}

function* gnuVerdict(ctx: Ctx, shown: string, tally: Tally): Wait<boolean> {
  const { opts } = ctx;
  if (tally.lines === 0) {
    yield* ctx.warn(`${shown}: no properly formatted checksum lines found`);
    return false;
  }
  const count = (n: number, one: string, many: string): string => `WARNING: ${n} ${n === 1 ? one : many}`;
  if (!opts.status) {
    if (tally.malformed > 0)
      yield* ctx.warn(count(tally.malformed, 'line is improperly formatted', 'lines are improperly formatted'));
    if (tally.unreadable > 0)
      yield* ctx.warn(count(tally.unreadable, 'listed file could not be read', 'listed files could not be read'));
    if (tally.mismatched > 0)
      yield* ctx.warn(count(tally.mismatched, 'computed checksum did NOT match', 'computed checksums did NOT match'));
    if (opts.ignoreMissing && tally.matched === 0 && tally.mismatched === 0)
      yield* ctx.warn(`${shown}: no file was verified`);
  }
  return (
    tally.mismatched === 0 &&
    tally.unreadable === 0 &&
    !(opts.strict && tally.malformed > 0) &&
    !(opts.ignoreMissing && tally.matched === 0)
  );
}

function* busyboxVerdict(ctx: Ctx, list: string, tally: Tally): Wait<boolean> {
  const failed = tally.mismatched + tally.unreadable;
  if (failed > 0 && !ctx.opts.silent)
    yield* ctx.warn(`WARNING: ${failed} of ${tally.lines} computed checksums did NOT match`);
  if (tally.lines === 0) yield* ctx.warn(`${list}: no checksum lines found`);
  return failed === 0 && tally.lines > 0;
}
