import { O_APPEND, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { SIG_DFL } from '../../abi/signal.ts';
import { AF_UNIX, SOCK_STREAM } from '../../abi/socket.ts';
import type { Entry, Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { Accounts } from '../../libc/accounts.ts';
import { connect, execve, open, readFile, type Wait, writeAll } from '../../libc/io.ts';
import { basename, mkdirp } from '../../libc/paths.ts';
import { STDOUT_SOCKET } from './journal.ts';
import { splitWords, type UnitFile } from './unit-file.ts';

/** One command of a unit: what stands before it, its program and its words. */
export interface Command {
  /** `-`: failure does not count. */
  ignore: boolean;
  /** `@`: the first word after the path is argv[0]. */
  path: string;
  argv: string[];
}

/** Exit statuses of a child that could not become its program. @see systemd.exec(5), "PROCESS EXIT CODES" */
const EXIT_CHDIR = 200;
const EXIT_EXEC = 203;
const EXIT_STDOUT = 209;
const EXIT_USER = 217;

/** A command line of a unit file. */
export function parseCommand(line: string): Command {
  const prefix = /^[-@:+!|]*/.exec(line)![0];
  const words = splitWords(line.slice(prefix.length));
  const path = words[0] ?? '';
  const argv = prefix.includes('@') ? words.slice(1) : words;
  return { ignore: prefix.includes('-'), path, argv };
}

/** `$NAME` alone becomes its words, `${NAME}` its value. @see systemd.service(5), "COMMAND LINES" */
export function expandCommand(argv: readonly string[], env: ReadonlyMap<string, string>): string[] {
  return argv.flatMap((word) => {
    const alone = /^\$([A-Za-z_]\w*)$/.exec(word);
    if (alone) return (env.get(alone[1]!) ?? '').split(/\s+/).filter((part) => part !== '');
    return [
      word.replace(/\$(\$|\{([A-Za-z_]\w*)\})/g, (_, mark: string, name?: string) =>
        mark === '$' ? '$' : (env.get(name!) ?? ''),
      ),
    ];
  });
}

/** The environment of a unit's processes. */
export function* serviceEnvironment(sys: Sys, file: UnitFile, own: Record<string, string>): Wait<Map<string, string>> {
  const env = new Map([
    ['LANG', 'C.UTF-8'],
    ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ]);
  for (const value of file.all('Service', 'Environment'))
    for (const word of splitWords(value)) {
      const equals = word.indexOf('=');
      if (equals > 0) env.set(word.slice(0, equals), word.slice(equals + 1));
    }
  for (const path of file.all('Service', 'EnvironmentFile')) {
    const bytes = yield* readFile(sys, path.replace(/^-/, ''));
    if (typeof bytes === 'number') continue;
    for (const line of decode(bytes).split('\n')) {
      const match = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line);
      if (match) env.set(match[1]!, splitWords(match[2]!).join(' '));
    }
  }
  for (const [name, value] of Object.entries(own)) env.set(name, value);
  return env;
}

export interface ServiceChild {
  unit: string;
  file: UnitFile;
  command: Command;
  env: Map<string, string>;
  /** fds for LISTEN_FDS, in their order. */
  sockets: readonly number[];
}

/** What a child of process 1 does until it is the unit's program. */
export function serviceChild(child: ServiceChild): Entry {
  return function* (sys) {
    const name = basename(child.command.path);
    sys.prctl('name', name);
    sys.prctl('cmdline', `(${name})`);
    for (let signal = 1; signal < 32; signal++) if (signal !== 9 && signal !== 19) sys.sigaction(signal, SIG_DFL);
    sys.sigprocmask('set', []);
    sys.setsid();
    const { file, env } = child;
    if (!(yield* standardStreams(sys, child))) return EXIT_STDOUT;
    for (const [i, fd] of child.sockets.entries()) sys.dup2(fd, 3 + i);
    if (child.sockets.length > 0) {
      env.set('LISTEN_FDS', String(child.sockets.length));
      env.set('LISTEN_PID', String(sys.getpid()));
    }
    const mask = file.get('Service', 'UMask');
    sys.umask(mask === undefined ? 0o022 : Number.parseInt(mask, 8));
    makeDirectories(sys, file);
    const user = file.get('Service', 'User');
    const group = file.get('Service', 'Group');
    if ((user !== undefined || group !== undefined) && !(yield* become(sys, user, group, file, env))) return EXIT_USER;
    const directory = file.get('Service', 'WorkingDirectory');
    if (directory !== undefined) {
      const path = directory.replace(/^-/, '').replace(/^~$/, env.get('HOME') ?? '/root');
      if (sys.chdir(path) < 0 && !directory.startsWith('-')) return EXIT_CHDIR;
    } else sys.chdir('/');
    const envp = [...env].map(([name, value]) => `${name}=${value}`);
    const argv = expandCommand(child.command.argv, env);
    yield* execve(sys, yield* findProgram(sys, child.command.path, env), argv, envp);
    return EXIT_EXEC;
  };
}

/** A path that does not begin with / is looked for in the usual directories. */
function* findProgram(sys: Sys, path: string, env: ReadonlyMap<string, string>): Wait<string> {
  if (path.startsWith('/')) return path;
  for (const directory of (env.get('PATH') ?? '').split(':'))
    if (sys.access(`${directory}/${path}`, 1) === 0) return `${directory}/${path}`;
  return path;
}

/** RuntimeDirectory= and its kin. */
function makeDirectories(sys: Sys, file: UnitFile): void {
  const roots = { Runtime: '/run', State: '/var/lib', Cache: '/var/cache', Logs: '/var/log' };
  for (const [kind, root] of Object.entries(roots))
    for (const name of file.words('Service', `${kind}Directory`)) {
      const mode = file.get('Service', `${kind}DirectoryMode`);
      mkdirp(sys, `${root}/${name}`, mode === undefined ? 0o755 : Number.parseInt(mode, 8));
    }
}

function* become(
  sys: Sys,
  user: string | undefined,
  group: string | undefined,
  file: UnitFile,
  env: Map<string, string>,
): Wait<boolean> {
  const accounts = new Accounts(sys);
  const [users, groups] = [yield* accounts.users(), yield* accounts.groups()];
  const entry = user === undefined ? undefined : users.find((u) => u.name === user || String(u.uid) === user);
  if (user !== undefined && !entry) return false;
  const own = group === undefined ? undefined : groups.find((g) => g.name === group || String(g.gid) === group);
  if (group !== undefined && !own) return false;
  const gid = own?.gid ?? entry!.gid;
  for (const kind of ['Runtime', 'State', 'Cache', 'Logs'] as const) {
    const root = { Runtime: '/run', State: '/var/lib', Cache: '/var/cache', Logs: '/var/log' }[kind];
    for (const name of file.words('Service', `${kind}Directory`)) sys.chown(`${root}/${name}`, entry?.uid ?? 0, gid);
  }
  if (entry) sys.setgroups(groups.filter((g) => g.members.includes(entry.name)).map((g) => g.gid));
  sys.setresgid(gid, gid, gid);
  if (!entry) return true;
  sys.setresuid(entry.uid, entry.uid, entry.uid);
  env.set('HOME', entry.dir);
  env.set('USER', entry.name);
  env.set('LOGNAME', entry.name);
  env.set('SHELL', entry.shell);
  return true;
}

/** Standard input is empty; output goes to the journal unless the unit says otherwise. */
function* standardStreams(sys: Sys, child: ServiceChild): Wait<boolean> {
  const { file } = child;
  const nothing = yield* open(sys, '/dev/null', O_RDONLY);
  if (nothing < 0) return false;
  sys.dup2(nothing, 0);
  if (nothing > 2) sys.close(nothing);
  const where = file.get('Service', 'StandardOutput') ?? 'journal';
  const out = yield* outputTo(sys, where, child);
  if (out < 0) return false;
  sys.dup2(out, 1);
  const errors = file.get('Service', 'StandardError');
  const err = errors === undefined || errors === 'inherit' ? out : yield* outputTo(sys, errors, child);
  if (err < 0) return false;
  sys.dup2(err, 2);
  for (const fd of new Set([out, err])) if (fd > 2) sys.close(fd);
  return true;
}

function* outputTo(sys: Sys, where: string, child: ServiceChild): Wait<number> {
  const match = /^(file|append|truncate):(.*)$/.exec(where);
  if (match) {
    const extra = match[1] === 'append' ? O_APPEND : match[1] === 'truncate' ? O_TRUNC : 0;
    return yield* open(sys, match[2]!, O_WRONLY | O_CREAT | extra, 0o644);
  }
  if (where === 'null') return yield* open(sys, '/dev/null', O_WRONLY);
  if (where === 'tty') return yield* open(sys, child.file.get('Service', 'TTYPath') ?? '/dev/console', O_WRONLY);
  const fd = sys.socket(AF_UNIX, SOCK_STREAM);
  if (fd < 0) return fd;
  if ((yield* connect(sys, fd, { family: AF_UNIX, path: STDOUT_SOCKET })) < 0) {
    sys.close(fd);
    return yield* open(sys, '/dev/null', O_WRONLY);
  }
  const identifier = child.file.get('Service', 'SyslogIdentifier') ?? basename(child.command.path);
  yield* writeAll(sys, fd, `${identifier}\n${child.unit}\n6\n1\n0\n0\n0\n`);
  return fd;
}
