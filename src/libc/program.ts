import type { Entry, Program, Sys } from '../abi/sys.ts';
import { programHelp } from './help.ts';
import type { Wait } from './io.ts';
import { isUtf8 } from './locale.ts';
import { type OptionSpecs, type Options, type Parsed, parseOptions, UsageError } from './options.ts';
import { Input, Output } from './stdio.ts';
import { strerror } from './strerror.ts';

/** The busybox form of a program: its applet. */
export interface AppletSpec {
  /** Where the applet's link is, `/bin/wc`. */
  at: string;
  /** Synopsis after the name, as `busybox wc --help` prints it. */
  usage: string;
  /** The lines after the synopsis, with tabs as busybox has them; by default made from the options. */
  help?: string;
  /** Long options that the applet knows; by default all. */
  long?: readonly string[];
  /** Exit status on wrong usage, where it is not 1. */
  usageStatus?: number;
  /** Synopsis and help of the applet's other names, where they differ. */
  called?: Readonly<Record<string, { usage: string; help: string }>>;
}

export interface ProgramSpec<S extends OptionSpecs> {
  /** The name, which is the file's. */
  name: string;
  /** Absolute paths in a GNU system; several names of one program are listed all (`/usr/bin/[`). */
  at: readonly string[];
  /** What it follows, and what it leaves out. */
  spec: string;
  usage: string;
  about: string;
  /** Text of `--version`'s first line after the name, `(GNU coreutils) 9.4`. */
  version?: string;
  options: S;
  /** The whole answer to `--version`, where it does not begin with the name. */
  versionText?: string;
  /** The program reads its own arguments (find, dd, test, ps): no parsing, no --help. */
  raw?: true;
  /** In GNU form such a program knows `--help` and `--version` as its only argument; with which status. */
  soleHelp?: number;
  stopAtOperand?: true;
  /** Exit status on wrong usage in GNU form; 1 unless given (busybox: 1). */
  usageStatus?: number;
  /** Exit status where the output could not be written, in GNU form; 1 unless given. */
  writeErrorStatus?: number;
  /** util-linux: -h and -V too, its layout of --help. */
  style?: 'util-linux';
  /** Text on stderr after a message of wrong usage, in GNU form; by default `Try 'NAME --help' for more information.`. */
  hint?(name: string): string;
  /** Absent: busybox has no such applet. */
  busybox?: AppletSpec;
  /** Absent: there is only the busybox applet. */
  gnu?: false;
  /** Rewrites old-style arguments (`head -5`) before they are parsed; `called`: the last component of argv[0]. */
  rewrite?(argv: string[], form: Form, called: string): string[];
  main(ctx: Context<S>): Generator<void, number | undefined | undefined, void>;
}

/** GNU programs on Debian, Ubuntu, CentOS; applets on Alpine and busybox. Options and words differ. */
export type Form = 'gnu' | 'busybox';

/** What a program's main gets. */
export interface Context<S extends OptionSpecs = OptionSpecs> {
  sys: Sys;
  form: Form;
  /** The name for messages: argv[0] (GNU), the applet's name (busybox). */
  name: string;
  /** Operands. */
  args: string[];
  opts: Options<S>;
  order: Parsed<S>['order'];
  env: ReadonlyMap<string, string>;
  stdin: Input;
  stdout: Output;
  stderr: Output;
  /** Prints `NAME: MESSAGE` on stderr; the typographic quotes of a message are plain ones where the locale is not UTF-8. */
  warn(message: string): Wait<void>;
  /** Prints `NAME: WHAT: strerror(errno)` on stderr; takes errno or -errno. */
  perror(what: string, errno: number): Wait<void>;
  /** The words of errno (or -errno) in this image's C library. */
  strerror(errno: number): string;
  /** Prints `NAME: MESSAGE` and ends with `status`. */
  die(message: string, status?: number): Wait<never>;
  /** The message of wrong usage (GNU: and `Try 'NAME --help'…`; busybox: and the usage), then ends. `message` may be undefined: only the hint. */
  usage(message?: string): Wait<never>;
}

/** Thrown by `die`, `usage` and `exitWith`, caught by the program's wrapper. */
class Exit {
  constructor(readonly status: number) {}
}

/** Ends a program from within its functions; stdout is flushed. */
export function exitWith(status: number): never {
  throw new Exit(status);
}

/** A program as its module exports it. */
export interface ProgramModule {
  readonly name: string;
  readonly at: readonly string[];
  readonly options: OptionSpecs;
  readonly usage: string;
  readonly about: string;
  readonly version: string | undefined;
  readonly busybox: AppletSpec | undefined;
  readonly gnu: boolean;
  readonly entry: Entry;
}

export function environment(envp: readonly string[]): Map<string, string> {
  const env = new Map<string, string>();
  for (const pair of envp) {
    const equals = pair.indexOf('=');
    if (equals > 0) env.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return env;
}

/** Declares a program (one file each in userland/bin). */
export function program<const S extends OptionSpecs>(spec: ProgramSpec<S>): ProgramModule {
  return {
    name: spec.name,
    at: spec.at,
    options: spec.options,
    usage: spec.usage,
    about: spec.about,
    version: spec.version,
    busybox: spec.busybox,
    gnu: spec.gnu !== false,
    entry: (sys) => run(spec, sys),
  };
}

/** What every program of util-linux has besides --help and --version. */
const UTIL_LINUX = {
  showHelp: { short: 'h', long: false, help: '' },
  showVersion: { short: 'V', long: false, help: '' },
} as const;

const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

function* run<S extends OptionSpecs>(spec: ProgramSpec<S>, sys: Sys): Program {
  const form: Form = sys.image.program === 'busybox' ? 'busybox' : 'gnu';
  const argv0 = sys.argv[0] ?? spec.name;
  const name = form === 'busybox' ? basename(argv0).replace(/^-/, '') : argv0;
  const stdout = new Output(sys, 1);
  const stderr = new Output(sys, 2, true);
  const env = environment(sys.envp);
  const utf8 = isUtf8(env);
  const words = (errno: number): string => strerror(Math.abs(errno), sys.image.flavour);
  const ctx: Context<S> = {
    sys,
    form,
    name,
    args: [],
    opts: {} as Options<S>,
    order: [],
    env,
    stdin: new Input(sys, 0),
    stdout,
    stderr,
    strerror: words,
    *warn(message) {
      yield* stdout.flush();
      yield* stderr.write(`${name}: ${utf8 ? message : message.replace(/[\u2018\u2019]/g, "'")}\n`);
    },
    *perror(what, errno) {
      yield* ctx.warn(`${what}: ${words(errno)}`);
    },
    *die(message, status = 1) {
      yield* ctx.warn(message);
      throw new Exit(status);
    },
    *usage(message) {
      if (message !== undefined) yield* ctx.warn(message);
      if (form === 'busybox') yield* stderr.write(programHelp(spec, ctx));
      else yield* stderr.write(spec.hint?.(name) ?? `Try '${name} --help' for more information.\n`);
      throw new Exit((form === 'busybox' ? spec.busybox?.usageStatus : spec.usageStatus) ?? 1);
    },
  };
  let status: number;
  try {
    status = yield* start(spec, ctx);
  } catch (thrown) {
    if (!(thrown instanceof Exit)) throw thrown;
    status = thrown.status;
  }
  yield* stdout.flush();
  if (stdout.error !== 0) {
    yield* stderr.write(`${name}: write error: ${words(stdout.error)}\n`);
    if (status === 0) status = (form === 'gnu' ? spec.writeErrorStatus : undefined) ?? 1;
  }
  return status;
}

function* start<S extends OptionSpecs>(spec: ProgramSpec<S>, ctx: Context<S>): Program {
  let argv = ctx.sys.argv.slice(1);
  if (spec.rewrite) argv = spec.rewrite(argv, ctx.form, basename(ctx.sys.argv[0] ?? spec.name));
  const versionText = spec.versionText ?? (spec.version === undefined ? undefined : `${spec.name} ${spec.version}`);
  if (spec.raw) {
    ctx.args = argv;
    if (spec.soleHelp === undefined || ctx.form !== 'gnu' || argv.length !== 1) return (yield* spec.main(ctx)) ?? 0;
    if (argv[0] === '--help') yield* ctx.stdout.write(programHelp(spec, ctx));
    else if (argv[0] === '--version' && versionText !== undefined) yield* ctx.stdout.write(`${versionText}\n`);
    else return (yield* spec.main(ctx)) ?? 0;
    return spec.soleHelp;
  } else {
    if (argv.includes('--help') && beforeEnd(argv, '--help', spec.stopAtOperand)) {
      yield* ctx.stdout.write(programHelp(spec, ctx));
      return 0;
    }
    if (ctx.form === 'gnu' && versionText && beforeEnd(argv, '--version', spec.stopAtOperand)) {
      yield* ctx.stdout.write(`${versionText}\n`);
      return 0;
    }
    const words = ctx.form === 'gnu' ? 'gnu' : ctx.sys.image.flavour === 'musl' ? 'musl' : 'busybox';
    const linux = ctx.form === 'gnu' && spec.style === 'util-linux';
    const parsed = parseOptions(linux ? { ...spec.options, ...UTIL_LINUX } : spec.options, argv, {
      words,
      stopAtOperand: spec.stopAtOperand === true,
      long: ctx.form === 'busybox' ? spec.busybox?.long : undefined,
    });
    if (parsed instanceof UsageError) return yield* ctx.usage(parsed.message);
    ctx.args = parsed.args;
    ctx.opts = parsed.opts as Options<S>;
    ctx.order = parsed.order as Parsed<S>['order'];
    for (const { key } of linux ? parsed.order : []) {
      if (key !== 'showHelp' && key !== 'showVersion') continue;
      yield* ctx.stdout.write(
        key === 'showHelp' ? programHelp(spec, ctx) : `${basename(ctx.name)} ${spec.version ?? ''}\n`,
      );
      return 0;
    }
  }
  return (yield* spec.main(ctx)) ?? 0;
}

/** True where `word` stands before `--` (and, if options end there, before the first operand). */
function beforeEnd(argv: readonly string[], word: string, stopAtOperand: boolean | undefined): boolean {
  for (const arg of argv) {
    if (arg === word) return true;
    if (arg === '--' || (stopAtOperand && !arg.startsWith('-'))) return false;
  }
  return false;
}
