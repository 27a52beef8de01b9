import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  O_DIRECTORY,
  O_RDONLY,
} from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { shellStatus, WaitResult } from '../../abi/wait.ts';
import { execCommand } from '../../libc/exec-command.ts';
import { open, waitpid } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';

/** In the order in which they must be entered: the mounts last. */
const SPACES = [
  ['cgroup', 'cgroup', CLONE_NEWCGROUP],
  ['ipc', 'ipc', CLONE_NEWIPC],
  ['uts', 'uts', CLONE_NEWUTS],
  ['net', 'net', CLONE_NEWNET],
  ['pid', 'pid', CLONE_NEWPID],
  ['mount', 'mnt', CLONE_NEWNS],
] as const;

export default program({
  name: 'nsenter',
  at: ['/usr/bin/nsenter'],
  spec: 'util-linux 2.39 nsenter(1); no user and time namespaces',
  version: 'from util-linux 2.39.3',
  usage: '[options] [<program> [<argument>...]]',
  about: 'Run a program with namespaces of other processes.',
  options: {
    all: { short: 'a', busybox: false, help: 'enter all namespaces' },
    target: { short: 't', arg: 'pid', help: 'target process to get namespaces from' },
    mount: { short: 'm', arg: 'file', optional: true, help: 'enter mount namespace' },
    uts: { short: 'u', arg: 'file', optional: true, help: 'enter UTS namespace (hostname etc)' },
    ipc: { short: 'i', arg: 'file', optional: true, help: 'enter System V IPC namespace' },
    net: { short: 'n', arg: 'file', optional: true, help: 'enter network namespace' },
    pid: { short: 'p', arg: 'file', optional: true, help: 'enter pid namespace' },
    cgroup: { short: 'C', arg: 'file', optional: true, busybox: false, help: 'enter cgroup namespace' },
    user: { short: 'U', arg: 'file', optional: true, help: 'enter user namespace' },
    setuid: { short: 'S', arg: 'uid', help: 'set uid in entered namespace' },
    setgid: { short: 'G', arg: 'gid', help: 'set gid in entered namespace' },
    preserveCredentials: { help: 'do not touch uids or gids' },
    root: { short: 'r', arg: 'dir', optional: true, help: 'set the root directory' },
    wd: { short: 'w', arg: 'dir', optional: true, help: 'set the working directory' },
    noFork: { short: 'F', help: "do not fork before exec'ing <program>" },
  },
  stopAtOperand: true,
  busybox: {
    at: '/usr/bin/nsenter',
    usage: '[OPTIONS] [PROG ARGS]',
    help: "\t-t PID\t\tTarget process to get namespaces from\n\t-m[FILE]\tEnter mount namespace\n\t-u[FILE]\tEnter UTS namespace (hostname etc)\n\t-i[FILE]\tEnter System V IPC namespace\n\t-n[FILE]\tEnter network namespace\n\t-p[FILE]\tEnter pid namespace\n\t-U[FILE]\tEnter user namespace\n\t-S UID\t\tSet uid in entered namespace\n\t-G GID\t\tSet gid in entered namespace\n\t--preserve-credentials\tDon't touch uids or gids\n\t-r[DIR]\t\tSet root directory\n\t-w[DIR]\t\tSet working directory\n\t-F\t\tDon't fork before exec'ing PROG\n",
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    const gnu = ctx.form === 'gnu';
    const { target } = opts;
    if (target !== undefined && !/^\d+$/.test(target))
      return yield* ctx.die(gnu ? `failed to parse pid: '${target}'` : `invalid number '${target}'`);
    const wanted: { fd: number; path: string; type: number }[] = [];
    for (const [key, file, type] of SPACES) {
      const given = opts[key];
      if (given === undefined && !opts.all) continue;
      if ((given === undefined || given === '') && target === undefined)
        return yield* ctx.die(gnu ? `no target PID specified for --${key}` : 'no target PID');
      const path = given || `/proc/${target}/ns/${file}`;
      const fd = yield* open(sys, path, O_RDONLY);
      if (fd < 0)
        return yield* ctx.die(
          gnu ? `cannot open ${path}: ${ctx.strerror(fd)}` : `can't open '${path}': ${ctx.strerror(fd)}`,
        );
      wanted.push({ fd, path, type });
    }
    const directory = function* (value: string | undefined, link: string): Generator<void, number | undefined, void> {
      if (value === undefined) return undefined;
      if (value === '' && target === undefined) return yield* ctx.die('no target PID specified');
      const path = value || `/proc/${target}/${link}`;
      const fd = yield* open(sys, path, O_RDONLY | O_DIRECTORY);
      return fd < 0 ? yield* ctx.die(`cannot open ${path}: ${ctx.strerror(fd)}`) : fd;
    };
    const root = yield* directory(opts.root, 'root');
    const wd = yield* directory(opts.wd, 'cwd');
    for (const { fd, path, type } of wanted) {
      const r = sys.setns(fd, type);
      sys.close(fd);
      if (r < 0)
        return yield* ctx.die(
          gnu
            ? `reassociate to namespace '${path.replace(/^\/proc\/\d+\//, '')}' failed: ${ctx.strerror(r)}`
            : `setns(${path}): ${ctx.strerror(r)}`,
        );
    }
    if (root !== undefined) {
      sys.fchdir(root);
      sys.chroot('.');
      sys.close(root);
    }
    if (wd !== undefined) {
      sys.fchdir(wd);
      sys.close(wd);
    }
    const argv = ctx.args.length > 0 ? ctx.args : [ctx.env.get('SHELL') ?? '/bin/sh'];
    const start = function* (child: Sys): Generator<void, number, void> {
      if (opts.setgid !== undefined) {
        child.setgroups([]);
        child.setgid(Number(opts.setgid));
      }
      if (opts.setuid !== undefined) child.setuid(Number(opts.setuid));
      return yield* execCommand({ ...ctx, sys: child }, argv, child.envp, `failed to execute ${argv[0]}`);
    };
    const entersPid = opts.all || opts.pid !== undefined;
    if (!entersPid || opts.noFork) return yield* start(sys);
    const pid = sys.fork(start);
    if (pid < 0) return yield* ctx.die(`fork failed: ${ctx.strerror(pid)}`);
    const result = new WaitResult();
    while ((yield* waitpid(sys, pid, 0, result)) === -4);
    return shellStatus(result.status);
  },
});
