import {
  isBlockDevice,
  isCharDevice,
  isDirectory,
  isFifo,
  isSocket,
  isSymlink,
  major,
  minor,
  Stat,
  StatFs,
} from '../../abi/stat.ts';
import { Accounts } from '../../libc/accounts.ts';
import { fullTime } from '../../libc/clock-text.ts';
import type { Wait } from '../../libc/io.ts';
import { modeString } from '../../libc/mode.ts';
import { type Context, program } from '../../libc/program.ts';
import { quoteIfNeeded, shellQuote } from '../../libc/shell-quote.ts';

const options = {
  dereference: { short: 'L', help: 'follow links' },
  fileSystem: { short: 'f', help: 'show the file system instead of the file' },
  format: { short: 'c', arg: 'FORMAT', help: 'use this format, a newline after each' },
  printf: { arg: 'FORMAT', busybox: false, help: 'likewise, with escapes and without the newline' },
  terse: { short: 't', help: 'terse form' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'stat',
  at: ['/usr/bin/stat'],
  spec: 'GNU coreutils 9.4 stat(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... FILE...',
  about: 'Show the status of each FILE or of its file system.',
  options,
  busybox: {
    at: '/bin/stat',
    long: [],
    usage: '[-ltf] [-c FMT] FILE...',
    help: 'Display file (default) or filesystem status\n\n\t-c FMT\tUse the specified format\n\t-f\tDisplay filesystem status\n\t-L\tFollow links\n\t-t\tTerse display\n\nFMT sequences for files:\n %a\tAccess rights in octal\n %A\tAccess rights in human readable form\n %b\tNumber of blocks allocated (see %B)\n %B\tSize in bytes of each block reported by %b\n %d\tDevice number in decimal\n %D\tDevice number in hex\n %f\tRaw mode in hex\n %F\tFile type\n %g\tGroup ID\n %G\tGroup name\n %h\tNumber of hard links\n %i\tInode number\n %n\tFile name\n %N\tFile name, with -> TARGET if symlink\n %o\tI/O block size\n %s\tTotal size in bytes\n %t\tMajor device type in hex\n %T\tMinor device type in hex\n %u\tUser ID\n %U\tUser name\n %x\tTime of last access\n %X\tTime of last access as seconds since Epoch\n %y\tTime of last modification\n %Y\tTime of last modification as seconds since Epoch\n %z\tTime of last change\n %Z\tTime of last change as seconds since Epoch\n\nFMT sequences for file systems:\n %a\tFree blocks available to non-superuser\n %b\tTotal data blocks\n %c\tTotal file nodes\n %d\tFree file nodes\n %f\tFree blocks\n %i\tFile System ID in hex\n %l\tMaximum length of filenames\n %n\tFile name\n %s\tBlock size (for faster transfer)\n %S\tFundamental block size (for block counts)\n %t\tType in hex\n %T\tType in human readable form\n',
  },
  *main(ctx) {
    if (ctx.args.length === 0) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
    let status = 0;
    for (const path of ctx.args) if (!(yield* show(ctx, path))) status = 1;
    return status;
  },
});

function* show(ctx: Ctx, path: string): Wait<boolean> {
  const { sys, opts, form } = ctx;
  if (opts.fileSystem) {
    const fs = new StatFs();
    const r = sys.statfs(path, fs);
    if (r < 0) {
      yield* ctx.warn(
        form === 'gnu'
          ? `cannot read file system information for ${shellQuote(path)}: ${ctx.strerror(r)}`
          : `can't read file system information for '${path}': ${ctx.strerror(r)}`,
      );
      return false;
    }
    const text = opts.format ?? opts.printf;
    if (text !== undefined) yield* ctx.stdout.write(fileSystemFormat(text, path, fs, opts.format === undefined));
    else
      yield* ctx.stdout.write(
        `  File: "${path}"\n    ID: 0        Namelen: 255     Type: ${fs.type}\nBlock size: ${String(fs.bsize).padEnd(10)} Fundamental block size: ${fs.bsize}\nBlocks: Total: ${String(fs.blocks).padEnd(10)} Free: ${String(fs.bfree).padEnd(10)} Available: ${fs.bavail}\nInodes: Total: ${String(fs.files).padEnd(10)} Free: ${fs.ffree}\n`,
      );
    return true;
  }
  const st = new Stat();
  const r = opts.dereference ? sys.stat(path, st) : sys.lstat(path, st);
  if (r < 0) {
    yield* ctx.warn(
      form === 'gnu'
        ? `cannot ${opts.dereference ? 'stat' : 'statx'} ${shellQuote(path)}: ${ctx.strerror(r)}`
        : `can't stat '${path}': ${ctx.strerror(r)}`,
    );
    return false;
  }
  const accounts = new Accounts(sys);
  const names = {
    user: yield* accounts.userName(st.uid),
    group: yield* accounts.groupName(st.gid),
    userKnown: (yield* accounts.byUid(st.uid)) !== undefined,
  };
  const target = isSymlink(st.mode) ? sys.readlink(path) : undefined;
  const link = typeof target === 'string' ? target : undefined;
  if (opts.format !== undefined) yield* ctx.stdout.write(`${fileFormat(opts.format, path, st, names, link)}\n`);
  else if (opts.printf !== undefined)
    yield* ctx.stdout.write(unescapeText(fileFormat(opts.printf, path, st, names, link)));
  else if (opts.terse)
    yield* ctx.stdout.write(
      `${fileFormat('%n %s %b %f %u %g %D %i %h %t %T %X %Y %Z %W %o', path, st, names, link)}\n`,
    );
  else {
    const shown =
      link === undefined ? path : form === 'gnu' ? `${path} -> ${quoteIfNeeded(link)}` : `'${path}' -> '${link}'`;
    const device =
      isCharDevice(st.mode) || isBlockDevice(st.mode) ? ` Device type: ${major(st.rdev)},${minor(st.rdev)}` : '';
    yield* ctx.stdout.write(
      `  File: ${shown}\n` +
        `  Size: ${String(st.size).padEnd(10)}\tBlocks: ${String(st.blocks).padEnd(10)} IO Block: 4096   ${kind(st)}\n` +
        (form === 'gnu'
          ? `Device: ${major(st.dev)},${minor(st.dev)}\tInode: ${String(st.ino).padEnd(11)} Links: ${st.nlink}${device}\n`
          : `Device: ${st.dev.toString(16)}h/${st.dev}d\tInode: ${String(st.ino).padEnd(11)} Links: ${String(st.nlink).padEnd(5)}${device}\n`) +
        `Access: (${(st.mode & 0o7777).toString(8).padStart(4, '0')}/${modeString(st.mode)})  Uid: (${String(st.uid).padStart(5)}/${names.user.padStart(8)})   Gid: (${String(st.gid).padStart(5)}/${names.group.padStart(8)})\n` +
        `Access: ${fullTime(st.atimeSec, st.atimeNsec)}\nModify: ${fullTime(st.mtimeSec, st.mtimeNsec)}\nChange: ${fullTime(st.ctimeSec, st.ctimeNsec)}\n` +
        (form === 'gnu' ? ` Birth: ${fullTime(st.ctimeSec, st.ctimeNsec)}\n` : ''),
    );
  }
  return true;
}

function kind(st: Stat): string {
  if (isDirectory(st.mode)) return 'directory';
  if (isSymlink(st.mode)) return 'symbolic link';
  if (isFifo(st.mode)) return 'fifo';
  if (isSocket(st.mode)) return 'socket';
  if (isCharDevice(st.mode)) return 'character special file';
  if (isBlockDevice(st.mode)) return 'block special file';
  return st.size === 0 ? 'regular empty file' : 'regular file';
}

function fileFormat(
  format: string,
  path: string,
  st: Stat,
  names: { user: string; group: string; userKnown: boolean },
  link: string | undefined,
): string {
  return format.replace(
    /%([-+ 0#']*)(\d*)(?:\.(\d*))?([a-zA-Z%])/g,
    (all, flags: string, width: string, _precision: string | undefined, c: string) => {
      const value = field(c, path, st, names, link);
      if (value === undefined) return all;
      if (flags.includes('-')) return value.padEnd(Number(width));
      return value.padStart(Number(width), flags.includes('0') ? '0' : ' ');
    },
  );
}

function field(
  c: string,
  path: string,
  st: Stat,
  names: { user: string; group: string; userKnown: boolean },
  link: string | undefined,
): string | undefined {
  switch (c) {
    case '%':
      return '%';
    case 'a':
      return (st.mode & 0o7777).toString(8);
    case 'A':
      return modeString(st.mode);
    case 'b':
      return String(st.blocks);
    case 'B':
      return '512';
    case 'C':
      return '?';
    case 'd':
      return String(st.dev);
    case 'D':
      return st.dev.toString(16);
    case 'f':
      return st.mode.toString(16);
    case 'F':
      return kind(st);
    case 'g':
      return String(st.gid);
    case 'G':
      return names.group === String(st.gid) ? 'UNKNOWN' : names.group;
    case 'h':
      return String(st.nlink);
    case 'i':
      return String(st.ino);
    case 'm':
      return '/';
    case 'n':
      return path;
    case 'N':
      return link === undefined ? shellQuote(path) : `${shellQuote(path)} -> ${shellQuote(link)}`;
    case 'o':
      return '4096';
    case 's':
      return String(st.size);
    case 't':
      return major(st.rdev).toString(16);
    case 'T':
      return minor(st.rdev).toString(16);
    case 'u':
      return String(st.uid);
    case 'U':
      return names.userKnown ? names.user : 'UNKNOWN';
    case 'w':
      return fullTime(st.ctimeSec, st.ctimeNsec);
    case 'W':
      return String(st.ctimeSec);
    case 'x':
      return fullTime(st.atimeSec, st.atimeNsec);
    case 'X':
      return String(st.atimeSec);
    case 'y':
      return fullTime(st.mtimeSec, st.mtimeNsec);
    case 'Y':
      return String(st.mtimeSec);
    case 'z':
      return fullTime(st.ctimeSec, st.ctimeNsec);
    case 'Z':
      return String(st.ctimeSec);
    default:
      return '?';
  }
}

function fileSystemFormat(format: string, path: string, fs: StatFs, escapes: boolean): string {
  const fields: Readonly<Record<string, string>> = {
    a: String(fs.bavail),
    b: String(fs.blocks),
    c: String(fs.files),
    d: String(fs.ffree),
    f: String(fs.bfree),
    i: '0',
    l: '255',
    n: path,
    s: String(fs.bsize),
    S: String(fs.bsize),
    t: '0',
    T: fs.type,
    '%': '%',
  };
  const text = format.replace(/%([a-zA-Z%])/g, (all, c: string) => fields[c] ?? all);
  return escapes ? unescapeText(text) : `${text}\n`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  '\\': '\\',
  a: '\x07',
  b: '\b',
  f: '\f',
  v: '\v',
  '"': '"',
  e: '\x1b',
};

function unescapeText(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|(.))/g, (_all, octal: string | undefined, c: string | undefined) =>
    octal === undefined ? (ESCAPES[c!] ?? `\\${c}`) : String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
