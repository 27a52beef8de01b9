import { ENOENT } from '../abi/errno.ts';
import { O_CREAT, O_TRUNC, O_WRONLY, R_OK, W_OK, X_OK } from '../abi/flags.ts';
import {
  isBlockDevice,
  isCharDevice,
  isDirectory,
  isFifo,
  isRegular,
  isSocket,
  isSymlink,
  Stat,
  StatFs,
} from '../abi/stat.ts';
import { WaitResult, wexitstatus, wifexited } from '../abi/wait.ts';
import { Glob } from '../lib/glob.ts';
import { Accounts } from './accounts.ts';
import { calendar, DAY_NAMES, fullTime, listDate, MONTH_NAMES, two } from './clock-text.ts';
import { parseDate } from './date-parse.ts';
import type { FindNode } from './find-expression.ts';
import { open, spawn, type Wait, waitpid } from './io.ts';
import { applyMode, modeString, typeLetter } from './mode.ts';
import { basename, dirname, listDir, searchPath } from './paths.ts';
import type { Context } from './program.ts';
import { Output } from './stdio.ts';

/** A file that is looked at. */
export interface FoundFile {
  path: string;
  name: string;
  depth: number;
  st: Stat;
  /** The operand below which it was found. */
  start: string;
  prune: boolean;
}

type Test = Extract<FindNode, { kind: 'test' }>;

/** Evaluates find's expression for one file after the other; collects the arguments of -exec … {} +. */
export class FindRunner {
  quit = false;
  status = 0;
  #accounts: Accounts;
  #globs = new Map<string, Glob>();
  #values = new Map<Test, number>();
  #batches = new Map<Test, string[]>();
  #files = new Map<string, Output>();

  constructor(
    readonly ctx: Context,
    readonly now: number,
  ) {
    this.#accounts = new Accounts(ctx.sys);
  }

  /** Looks up what tests name (users, files). @returns what is wrong, or undefined */
  *prepare(node: FindNode): Wait<string | undefined> {
    if (node.kind === 'not') return yield* this.prepare(node.of);
    if (node.kind !== 'test') return (yield* this.prepare(node.left)) ?? (yield* this.prepare(node.right));
    const arg = node.args[0] ?? '';
    const { sys, form } = this.ctx;
    if (node.name === 'user') {
      const user = yield* this.#accounts.byName(arg);
      if (!user && !/^\d+$/.test(arg))
        return form === 'gnu' ? `\u2018${arg}\u2019 is not the name of a known user` : `unknown user ${arg}`;
      this.#values.set(node, user?.uid ?? Number(arg));
    } else if (node.name === 'group') {
      const group = yield* this.#accounts.groupByName(arg);
      if (!group && !/^\d+$/.test(arg))
        return form === 'gnu' ? `\u2018${arg}\u2019 is not the name of an existing group` : `unknown group ${arg}`;
      this.#values.set(node, group?.gid ?? Number(arg));
    } else if (/^(newer|anewer|cnewer|samefile)$/.test(node.name)) {
      const st = new Stat();
      const r = sys.stat(arg, st);
      if (r < 0)
        return form === 'gnu' ? `\u2018${arg}\u2019: ${this.ctx.strerror(r)}` : `${arg}: ${this.ctx.strerror(r)}`;
      this.#values.set(node, node.name === 'samefile' ? st.ino : st.mtimeSec + st.mtimeNsec / 1e9);
    } else if (node.name === 'newermt') {
      const time = parseDate(arg, Math.floor(this.now));
      if (!time) return `I cannot figure out how to interpret \u2018${arg}\u2019 as a date or time`;
      this.#values.set(node, time.sec);
    } else if (node.name === 'fprint' || node.name === 'fprint0') {
      const fd = yield* open(sys, arg, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
      if (fd < 0) return `\u2018${arg}\u2019: ${this.ctx.strerror(fd)}`;
      this.#files.set(arg, new Output(sys, fd));
    }
    return undefined;
  }

  *test(node: FindNode, file: FoundFile): Wait<boolean> {
    if (this.quit) return false;
    switch (node.kind) {
      case 'and':
        return (yield* this.test(node.left, file)) && (yield* this.test(node.right, file));
      case 'or':
        return (yield* this.test(node.left, file)) || (yield* this.test(node.right, file));
      case 'list':
        yield* this.test(node.left, file);
        return yield* this.test(node.right, file);
      case 'not':
        return !(yield* this.test(node.of, file));
      default:
        return this.#pure(node, file) ?? (yield* this.#act(node, file));
    }
  }

  /** Tests that need no waiting. @returns undefined for the others */
  #pure(node: Test, file: FoundFile): boolean | undefined {
    const arg = node.args[0] ?? '';
    const { st } = file;
    const { sys } = this.ctx;
    const count = (value: number, unit = 1): boolean => compare(arg, Math.ceil(value / unit), value / unit);
    const days = (sec: number): boolean => compare(arg, Math.floor((this.now - sec) / 86400));
    const minutes = (sec: number): boolean => compare(arg, Math.ceil((this.now - sec) / 60));
    switch (node.name) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'name':
        return this.#glob(arg, {}).match(file.name === '' ? '/' : file.name);
      case 'iname':
        return this.#glob(arg, { icase: true }).match(file.name);
      case 'path':
      case 'wholename':
        return this.#glob(arg, {}).match(file.path);
      case 'ipath':
      case 'iwholename':
        return this.#glob(arg, { icase: true }).match(file.path);
      case 'lname':
      case 'ilname': {
        const target = isSymlink(st.mode) ? sys.readlink(file.path) : -1;
        return typeof target === 'string' && this.#glob(arg, { icase: node.name === 'ilname' }).match(target);
      }
      case 'type':
        return arg.split(',').includes(letterOf(st.mode));
      case 'xtype': {
        const other = new Stat();
        return arg.split(',').includes(sys.stat(file.path, other) < 0 ? 'l' : letterOf(other.mode));
      }
      case 'size': {
        const m = /^([-+]?\d+)([bcwkMG]?)$/.exec(arg)!;
        const unit = { '': 512, b: 512, c: 1, w: 2, k: 1024, M: 1048576, G: 1073741824 }[m[2]!]!;
        return compare(m[1]!, Math.ceil(st.size / unit));
      }
      case 'empty': {
        if (isRegular(st.mode)) return st.size === 0;
        const names = isDirectory(st.mode) ? listDir(sys, file.path) : -1;
        return typeof names !== 'number' && names.length === 0;
      }
      case 'perm':
        return permissions(arg, st.mode, isDirectory(st.mode));
      case 'uid':
        return count(st.uid);
      case 'gid':
        return count(st.gid);
      case 'links':
        return count(st.nlink);
      case 'inum':
        return count(st.ino);
      case 'user':
        return st.uid === this.#values.get(node);
      case 'group':
        return st.gid === this.#values.get(node);
      case 'samefile':
        return st.ino === this.#values.get(node);
      case 'mtime':
        return days(st.mtimeSec);
      case 'atime':
        return days(st.atimeSec);
      case 'ctime':
        return days(st.ctimeSec);
      case 'mmin':
        return minutes(st.mtimeSec);
      case 'amin':
        return minutes(st.atimeSec);
      case 'cmin':
        return minutes(st.ctimeSec);
      case 'newer':
      case 'newermt':
        return st.mtimeSec + st.mtimeNsec / 1e9 > this.#values.get(node)!;
      case 'anewer':
        return st.atimeSec + st.atimeNsec / 1e9 > this.#values.get(node)!;
      case 'cnewer':
        return st.ctimeSec + st.ctimeNsec / 1e9 > this.#values.get(node)!;
      case 'readable':
        return sys.access(file.path, R_OK) === 0;
      case 'writable':
        return sys.access(file.path, W_OK) === 0;
      case 'executable':
        return sys.access(file.path, X_OK) === 0;
      case 'fstype': {
        const fs = new StatFs();
        return sys.statfs(file.path, fs) === 0 && fs.type === arg;
      }
      case 'prune':
        file.prune = true;
        return true;
      case 'quit':
        this.quit = true;
        return true;
      default:
        return undefined;
    }
  }

  *#act(node: Test, file: FoundFile): Wait<boolean> {
    const { ctx } = this;
    const { sys, stdout } = ctx;
    const arg = node.args[0] ?? '';
    switch (node.name) {
      case 'print':
        yield* stdout.write(`${file.path}\n`);
        return true;
      case 'print0':
        yield* stdout.write(`${file.path}\0`);
        return true;
      case 'fprint':
      case 'fprint0':
        yield* this.#files.get(arg)!.write(file.path + (node.name === 'fprint' ? '\n' : '\0'));
        return true;
      case 'printf':
        yield* stdout.write(yield* this.#printf(arg, file));
        return true;
      case 'ls': {
        const user = yield* this.#accounts.userName(file.st.uid);
        const group = yield* this.#accounts.groupName(file.st.gid);
        const target = isSymlink(file.st.mode) ? sys.readlink(file.path) : undefined;
        yield* stdout.write(
          `${String(file.st.ino).padStart(9)} ${String(Math.ceil(file.st.blocks / 2)).padStart(6)} ${modeString(file.st.mode)} ${String(file.st.nlink).padStart(3)} ${user.padEnd(8)} ${group.padEnd(8)} ${String(file.st.size).padStart(8)} ${listDate(file.st.mtimeSec, this.now)} ${file.path}${typeof target === 'string' ? ` -> ${target}` : ''}\n`,
        );
        return true;
      }
      case 'nouser':
        return (yield* this.#accounts.byUid(file.st.uid)) === undefined;
      case 'nogroup':
        return (yield* this.#accounts.groups()).every((group) => group.gid !== file.st.gid);
      case 'delete': {
        if (file.path === '.') return true;
        const r = isDirectory(file.st.mode) ? sys.rmdir(file.path) : sys.unlink(file.path);
        if (r === 0) return true;
        yield* ctx.warn(
          ctx.form === 'gnu'
            ? `cannot delete \u2018${file.path}\u2019: ${ctx.strerror(r)}`
            : `${file.path}: ${ctx.strerror(r)}`,
        );
        this.status = 1;
        return false;
      }
      case 'exec':
      case 'execdir':
      case 'ok':
      case 'okdir':
        return yield* this.#exec(node, file);
      case 'regex':
      case 'iregex': {
        const source = arg
          .replace(/\\([|(){}+?])/g, '\u0001$1')
          .replace(/(^|[^\u0001])([|(){}])/g, '$1\\$2')
          .replaceAll('\u0001', '');
        return new RegExp(`^(?:${source})$`, node.name === 'iregex' ? 'i' : '').test(file.path);
      }
      default:
        return false;
    }
  }

  *#exec(node: Test, file: FoundFile): Wait<boolean> {
    const { ctx } = this;
    const here = node.name.endsWith('dir');
    const path = here ? `./${basename(file.path)}` : file.path;
    if (node.batch) {
      const list = this.#batches.get(node) ?? [];
      list.push(path);
      this.#batches.set(node, list);
      if (list.length >= 4096) {
        yield* this.#runBatch(node, list);
        this.#batches.set(node, []);
      }
      return true;
    }
    const argv = node.args.map((word) => word.replaceAll('{}', path));
    if (node.name.startsWith('ok')) {
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(`< ${argv[0]} ... ${file.path} > ? `);
      if (!/^[yY]/.test((yield* ctx.stdin.line()) ?? '')) return false;
    }
    return (yield* this.#run(argv, here ? dirname(file.path) : undefined)) === 0;
  }

  *#runBatch(node: Test, paths: string[]): Wait<void> {
    if (paths.length === 0) return;
    const code = yield* this.#run([...node.args, ...paths], undefined);
    if (code !== 0) this.status = 1;
  }

  /** @returns exit status of the command, 1 where it could not run */
  *#run(argv: string[], cwd: string | undefined): Wait<number> {
    const { ctx } = this;
    yield* ctx.stdout.flush();
    const path = searchPath(ctx.sys, argv[0]!, ctx.env.get('PATH') ?? '/bin:/usr/bin');
    const pid =
      path === undefined ? -ENOENT : yield* spawn(ctx.sys, path, argv, ctx.sys.envp, cwd === undefined ? {} : { cwd });
    if (pid < 0) {
      yield* ctx.warn(
        ctx.form === 'gnu' ? `\u2018${argv[0]}\u2019: ${ctx.strerror(pid)}` : `${argv[0]}: ${ctx.strerror(pid)}`,
      );
      return 1;
    }
    const result = new WaitResult();
    yield* waitpid(ctx.sys, pid, 0, result);
    return wifexited(result.status) ? wexitstatus(result.status) : 1;
  }

  /** Runs what is left for -exec … {} + and closes files. */
  *finish(): Wait<void> {
    for (const [node, list] of this.#batches) yield* this.#runBatch(node, list);
    for (const output of this.#files.values()) yield* output.flush();
  }

  #glob(pattern: string, options: { icase?: boolean }): Glob {
    const key = `${options.icase ? 'i' : ''}:${pattern}`;
    let glob = this.#globs.get(key);
    if (!glob) {
      glob = new Glob(pattern, options);
      this.#globs.set(key, glob);
    }
    return glob;
  }

  *#printf(format: string, file: FoundFile): Wait<string> {
    const { st } = file;
    const user = yield* this.#accounts.userName(st.uid);
    const group = yield* this.#accounts.groupName(st.gid);
    const text = format.replace(/\\(?:([0-7]{1,3})|(.))/g, (_, octal: string | undefined, c: string | undefined) =>
      octal !== undefined
        ? String.fromCharCode(Number.parseInt(octal, 8))
        : ({ n: '\n', t: '\t', '\\': '\\', r: '\r', a: '\x07', f: '\f', v: '\v', b: '\b', c: '' }[c!] ?? `\\${c}`),
    );
    return text.replace(
      /%([-+ 0#]*)(\d*)(?:\.\d+)?(?:([ACTB])(.)|(.))/g,
      (
        all,
        flags: string,
        width: string,
        clock: string | undefined,
        part: string | undefined,
        c: string | undefined,
      ) => {
        const value = clock !== undefined ? timePart(clock, part!, st) : field(c!, file, user, group, this.ctx);
        if (value === undefined) return all;
        return flags.includes('-')
          ? value.padEnd(Number(width))
          : value.padStart(Number(width), flags.includes('0') ? '0' : ' ');
      },
    );
  }
}

/** `N`, `+N`, `-N` against a value; `exact` is compared where there is no sign. */
function compare(arg: string, value: number, exact = value): boolean {
  const n = Number(arg.replace(/^[-+]/, ''));
  if (arg.startsWith('+')) return value > n;
  return arg.startsWith('-') ? exact < n && value < n : value === n;
}

function letterOf(mode: number): string {
  if (isRegular(mode)) return 'f';
  if (isDirectory(mode)) return 'd';
  if (isSymlink(mode)) return 'l';
  if (isFifo(mode)) return 'p';
  if (isSocket(mode)) return 's';
  if (isBlockDevice(mode)) return 'b';
  return isCharDevice(mode) ? 'c' : '?';
}

function permissions(arg: string, mode: number, isDir: boolean): boolean {
  const wanted = applyMode(arg.replace(/^[-/]/, ''), 0, isDir, 0) ?? 0;
  const bits = mode & 0o7777;
  if (arg.startsWith('-')) return (bits & wanted) === wanted;
  return arg.startsWith('/') ? wanted === 0 || (bits & wanted) !== 0 : bits === wanted;
}

function timePart(clock: string, part: string, st: Stat): string | undefined {
  const [sec, nsec] =
    clock === 'A'
      ? [st.atimeSec, st.atimeNsec]
      : clock === 'T'
        ? [st.mtimeSec, st.mtimeNsec]
        : [st.ctimeSec, st.ctimeNsec];
  const c = calendar(sec);
  const fraction = `${String(nsec).padStart(9, '0')}0`;
  const parts: Readonly<Record<string, string>> = {
    '@': `${sec}.${fraction}`,
    Y: String(c.year),
    m: two(c.month),
    d: two(c.day),
    H: two(c.hour),
    M: two(c.minute),
    S: `${two(c.second)}.${fraction}`,
    T: `${two(c.hour)}:${two(c.minute)}:${two(c.second)}.${fraction}`,
    F: `${c.year}-${two(c.month)}-${two(c.day)}`,
    '+': `${c.year}-${two(c.month)}-${two(c.day)}+${two(c.hour)}:${two(c.minute)}:${two(c.second)}.${fraction}`,
    b: MONTH_NAMES[c.month - 1]!.slice(0, 3),
    a: DAY_NAMES[c.weekday]!.slice(0, 3),
    j: String(c.yearday).padStart(3, '0'),
    s: String(sec),
    Z: 'UTC',
    y: two(c.year % 100),
  };
  return parts[part];
}

function field(c: string, file: FoundFile, user: string, group: string, ctx: Context): string | undefined {
  const { st } = file;
  switch (c) {
    case '%':
      return '%';
    case 'a':
      return fullTime(st.atimeSec, st.atimeNsec);
    case 'b':
      return String(st.blocks);
    case 'd':
      return String(file.depth);
    case 'D':
      return String(st.dev);
    case 'f':
      return basename(file.path);
    case 'g':
      return group;
    case 'G':
      return String(st.gid);
    case 'h':
      return dirname(file.path);
    case 'H':
      return file.start;
    case 'i':
      return String(st.ino);
    case 'k':
      return String(Math.ceil(st.blocks / 2));
    case 'l': {
      const target = isSymlink(st.mode) ? ctx.sys.readlink(file.path) : '';
      return typeof target === 'string' ? target : '';
    }
    case 'm':
      return (st.mode & 0o7777).toString(8);
    case 'M':
      return modeString(st.mode);
    case 'n':
      return String(st.nlink);
    case 'p':
      return file.path;
    case 'P':
      return file.path === file.start ? '' : file.path.slice(file.start.length).replace(/^\//, '');
    case 's':
      return String(st.size);
    case 't':
      return fullTime(st.mtimeSec, st.mtimeNsec);
    case 'u':
      return user;
    case 'U':
      return String(st.uid);
    case 'y':
      return letterOf(st.mode) === 'f' ? 'f' : typeLetter(st.mode) === '-' ? 'f' : letterOf(st.mode);
    case 'Y':
      return letterOf(st.mode);
    default:
      return undefined;
  }
}
