import { EACCES, EISDIR, ENOENT } from '../../abi/errno.ts';
import { O_DIRECTORY, O_RDONLY, O_WRONLY } from '../../abi/flags.ts';
import { isDirectory, Stat } from '../../abi/stat.ts';
import { decode } from '../../lib/utf8.ts';
import { open, readFile, type Wait, writeAll } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';

const ROOT = '/proc/sys';
const OPTIONS = {
  all: { short: 'aAX', help: 'display all variables' },
  ignore: { short: 'e', help: 'ignore unknown variables errors' },
  names: { short: 'N', busybox: false, help: 'print variable names without values' },
  values: { short: 'n', help: 'print only values of the given variable(s)' },
  load: { short: 'pf', arg: 'FILE', optional: true, help: 'read values from file' },
  quiet: { short: 'q', help: 'do not echo variable set' },
  write: { short: 'w', help: 'enable writing a value to variable' },
  system: { busybox: false, help: 'read values from all system directories' },
  pattern: { short: 'r', arg: 'expression', busybox: false, help: 'select setting that match expression' },
} as const;

export default program({
  name: 'sysctl',
  at: ['/usr/sbin/sysctl'],
  spec: 'procps-ng 4.0.4 sysctl(8)',
  version: 'from procps-ng 4.0.4',
  usage: '[options] [variable[=value] ...]',
  about: 'Show and change parameters of the kernel.',
  options: OPTIONS,
  busybox: {
    at: '/sbin/sysctl',
    usage: '[-enq] { -a | -p [FILE]... | [-w] [KEY[=VALUE]]... }',
    help: "Show/set kernel parameters\n\n\t-e\tDon't warn about unknown keys\n\t-n\tDon't show key names\n\t-q      Quiet\n\t-a\tShow all values\n\t-p\tSet values from FILEs (default /etc/sysctl.conf)\n\t-w\tSet values\n",
  },
  *main(ctx) {
    const { opts, args } = ctx;
    if (opts.all) return yield* showTree(ctx, ROOT);
    if (opts.load !== undefined || opts.system) return yield* load(ctx, opts.load || args[0] || '/etc/sysctl.conf');
    if (args.length === 0) return yield* ctx.usage(ctx.form === 'gnu' ? 'no variables specified' : undefined);
    let status = 0;
    for (const arg of args) status = (yield* one(ctx, arg)) || status;
    return status;
  },
});

interface Flags {
  ignore: boolean;
  names: boolean;
  values: boolean;
  quiet: boolean;
}

const flags = (ctx: Context): Flags => ctx.opts as unknown as Flags;
/** `net.ipv4.conf.eth0/1.mtu` and paths: dots and slashes change places where the first of them is a slash. */
const pathOf = (key: string): string => {
  const swap = key.search(/[./]/) >= 0 && key[key.search(/[./]/)] === '/';
  return `${ROOT}/${swap ? key : key.replace(/[./]/g, (c) => (c === '.' ? '/' : '.'))}`;
};
const keyOf = (path: string): string => path.slice(ROOT.length + 1).replace(/[./]/g, (c) => (c === '/' ? '.' : '/'));

function* one(ctx: Context, arg: string): Wait<number> {
  const equals = arg.indexOf('=');
  if (equals < 0) return yield* show(ctx, pathOf(arg), arg);
  return yield* set(ctx, arg.slice(0, equals).trim(), arg.slice(equals + 1).trim());
}

function* show(ctx: Context, path: string, key = keyOf(path)): Wait<number> {
  const st = new Stat();
  if (ctx.sys.stat(path, st) < 0) return yield* unknown(ctx, path, key);
  if (isDirectory(st.mode)) return yield* showTree(ctx, path);
  const bytes = yield* readFile(ctx.sys, path);
  if (typeof bytes === 'number') return bytes === -EISDIR ? 0 : yield* denied(ctx, keyOf(path), bytes, 'reading');
  for (const line of decode(bytes).replace(/\n$/, '').split('\n')) {
    const { names, values } = flags(ctx);
    yield* ctx.stdout.write(`${values ? line : names ? keyOf(path) : `${keyOf(path)} = ${line}`}\n`);
  }
  return 0;
}

function* showTree(ctx: Context, path: string): Wait<number> {
  const fd = yield* open(ctx.sys, path, O_RDONLY | O_DIRECTORY);
  if (fd < 0) return 1;
  const names: string[] = [];
  for (;;) {
    const entries = ctx.sys.getdents(fd);
    if (typeof entries === 'number' || entries.length === 0) break;
    names.push(...entries.map((entry) => entry.name).filter((name) => name !== '.' && name !== '..'));
  }
  ctx.sys.close(fd);
  for (const name of names.sort()) yield* show(ctx, `${path}/${name}`);
  return 0;
}

function* set(ctx: Context, key: string, value: string): Wait<number> {
  const path = pathOf(key);
  const fd = yield* open(ctx.sys, path, O_WRONLY);
  if (fd === -ENOENT) return yield* unknown(ctx, path, key);
  if (fd < 0) return yield* denied(ctx, key, fd, 'setting');
  const written = yield* writeAll(ctx.sys, fd, `${value}\n`);
  ctx.sys.close(fd);
  if (written < 0) return yield* denied(ctx, key, written, 'setting');
  const { quiet, values } = flags(ctx);
  if (!quiet) yield* ctx.stdout.write(values ? `${value}\n` : `${keyOf(path)} = ${value}\n`);
  return 0;
}

function* unknown(ctx: Context, path: string, key: string): Wait<number> {
  if (flags(ctx).ignore) return 0;
  if (ctx.form === 'busybox') yield* ctx.warn(`error: '${key}' is an unknown key`);
  else yield* ctx.warn(`cannot stat ${path}: ${ctx.strerror(ENOENT)}`);
  return ctx.form === 'busybox' ? 1 : 255;
}

function* denied(ctx: Context, key: string, errno: number, doing: 'reading' | 'setting'): Wait<number> {
  if (ctx.form === 'busybox') yield* ctx.warn(`error ${doing} key '${key}': ${ctx.strerror(errno)}`);
  else if (errno === -EACCES) yield* ctx.warn(`permission denied on key '${key}'`);
  else yield* ctx.warn(`${doing} key "${key}": ${ctx.strerror(errno)}`);
  return ctx.form === 'busybox' ? 1 : 255;
}

/** sysctl.conf(5): `key = value` lines; those that begin with `-` may fail. */
function* load(ctx: Context, file: string): Wait<number> {
  const bytes = yield* readFile(ctx.sys, file);
  if (typeof bytes === 'number') {
    yield* ctx.warn(`cannot open "${file}": ${ctx.strerror(bytes)}`);
    return ctx.form === 'busybox' ? 1 : 255;
  }
  let status = 0;
  for (const line of decode(bytes).split('\n')) {
    const match = /^\s*(-?)([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
    if (!match) continue;
    const result = yield* set(ctx, match[2]!, match[3]!);
    if (match[1] === '') status = result || status;
  }
  return status;
}
