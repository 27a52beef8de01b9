import {
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_REC,
} from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { shellStatus, WaitResult } from '../../abi/wait.ts';
import { execCommand } from '../../libc/exec-command.ts';
import { waitpid } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'unshare',
  at: ['/usr/bin/unshare'],
  spec: 'util-linux 2.39 unshare(1): mount, uts, ipc, net, pid, cgroup; no user and time namespaces, no files of namespaces',
  version: 'from util-linux 2.39.3',
  usage: '[options] [<program> [<argument>...]]',
  about: 'Run a program with some namespaces unshared from the parent.',
  options: {
    mount: { short: 'm', help: 'unshare mounts namespace' },
    uts: { short: 'u', help: 'unshare UTS namespace (hostname etc)' },
    ipc: { short: 'i', help: 'unshare System V IPC namespace' },
    net: { short: 'n', help: 'unshare network namespace' },
    pid: { short: 'p', help: 'unshare pid namespace' },
    user: { short: 'U', help: 'unshare user namespace' },
    cgroup: { short: 'C', busybox: false, help: 'unshare cgroup namespace' },
    fork: { short: 'f', help: 'fork before launching <program>' },
    mountProc: { arg: 'dir', optional: true, help: 'mount proc filesystem first (implies --mount)' },
    killChild: { arg: 'signame', optional: true, busybox: false, help: 'when dying, kill the forked child' },
    mapRootUser: { short: 'r', help: 'map current user to root' },
    propagation: { arg: 'slave|shared|private|unchanged', help: 'modify mount propagation in mount namespace' },
    root: { short: 'R', arg: 'dir', busybox: false, help: 'run the command with root directory set to <dir>' },
    wd: { short: 'w', arg: 'dir', busybox: false, help: 'change working directory to <dir>' },
  },
  stopAtOperand: true,
  busybox: {
    at: '/usr/bin/unshare',
    usage: '[OPTIONS] [PROG ARGS]',
    help: '\t-m,--mount[=FILE]\tUnshare mount namespace\n\t-u,--uts[=FILE]\t\tUnshare UTS namespace (hostname etc.)\n\t-i,--ipc[=FILE]\t\tUnshare System V IPC namespace\n\t-n,--net[=FILE]\t\tUnshare network namespace\n\t-p,--pid[=FILE]\t\tUnshare PID namespace\n\t-U,--user[=FILE]\tUnshare user namespace\n\t-f\t\t\tFork before execing PROG\n\t-r\t\t\tMap current user to root (implies -U)\n\t--mount-proc[=DIR]\tMount /proc filesystem first (implies -m)\n\t--propagation slave|shared|private|unchanged\n\t\t\t\tModify mount propagation in mount namespace\n\t--setgroups allow|deny\tControl the setgroups syscall in user namespaces\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    const gnu = ctx.form === 'gnu';
    if (opts.user || opts.mapRootUser)
      return yield* ctx.die(gnu ? `unshare failed: ${ctx.strerror(22)}` : `unshare(0x10000000): ${ctx.strerror(22)}`);
    const mounts = opts.mount || opts.mountProc !== undefined;
    const flags =
      (mounts ? CLONE_NEWNS : 0) |
      (opts.uts ? CLONE_NEWUTS : 0) |
      (opts.ipc ? CLONE_NEWIPC : 0) |
      (opts.net ? CLONE_NEWNET : 0) |
      (opts.pid ? CLONE_NEWPID : 0) |
      (opts.cgroup ? CLONE_NEWCGROUP : 0);
    const r = flags === 0 ? 0 : sys.unshare(flags);
    if (r < 0)
      return yield* ctx.die(
        gnu ? `unshare failed: ${ctx.strerror(r)}` : `unshare(0x${flags.toString(16)}): ${ctx.strerror(r)}`,
      );
    if (mounts && opts.propagation !== 'unchanged') sys.mount('none', '/', '', MS_REC | MS_PRIVATE);
    const argv = ctx.args.length > 0 ? ctx.args : [ctx.env.get('SHELL') ?? '/bin/sh'];
    const start = function* (child: Sys): Generator<void, number, void> {
      if (opts.root !== undefined && child.chroot(opts.root) < 0)
        return yield* ctx.die(`cannot change root directory to '${opts.root}'`);
      if (opts.root !== undefined) child.chdir('/');
      if (opts.wd !== undefined) child.chdir(opts.wd);
      if (opts.mountProc !== undefined) {
        const dir = opts.mountProc || '/proc';
        const m = child.mount('proc', dir, 'proc', MS_NOSUID | MS_NOEXEC | MS_NODEV);
        if (m < 0) return yield* ctx.die(`mount ${dir} failed: ${ctx.strerror(m)}`);
      }
      return yield* execCommand({ ...ctx, sys: child }, argv, child.envp, `failed to execute ${argv[0]}`);
    };
    if (!opts.fork) return yield* start(sys);
    const pid = sys.fork(start);
    if (pid < 0) return yield* ctx.die(`fork failed: ${ctx.strerror(pid)}`);
    const result = new WaitResult();
    while ((yield* waitpid(sys, pid, 0, result)) === -4);
    return shellStatus(result.status);
  },
});
