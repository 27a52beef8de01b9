import { EBUSY, EINVAL, ENOENT, EPERM } from '../../abi/errno.ts';
import { MNT_DETACH } from '../../abi/flags.ts';
import { readMounts } from '../../libc/mount-table.ts';
import { program } from '../../libc/program.ts';
import { realPath } from '../../libc/real-path.ts';

export default program({
  name: 'umount',
  at: ['/usr/bin/umount'],
  spec: 'util-linux 2.39 umount(8)',
  version: 'from util-linux 2.39.3',
  usage: '[-hV]\n umount -a [options]\n umount [options] <source> | <directory>',
  about: 'Unmount filesystems.',
  options: {
    all: { short: 'a', help: 'unmount all filesystems' },
    allTargets: { short: 'A', busybox: false, help: 'unmount all mountpoints for the given device' },
    force: { short: 'f', help: 'force unmount' },
    lazy: { short: 'l', help: 'detach the filesystem now, clean up things later' },
    noMtab: { short: 'n', help: "don't write to /etc/mtab" },
    recursive: { short: 'R', busybox: false, help: 'recursively unmount a target with all its children' },
    readOnly: { short: 'r', help: 'in case unmounting fails, try to remount read-only' },
    types: { short: 't', arg: 'list', help: 'limit the set of filesystem types' },
    verbose: { short: 'v', busybox: false, help: 'say what is being done' },
    quiet: { short: 'q', busybox: false, help: "suppress 'not mounted' error messages" },
    free: { short: 'd', help: 'free the loop device' },
  },
  busybox: {
    at: '/bin/umount',
    usage: '[-rlfda] [-t FSTYPE] FILESYSTEM|DIRECTORY',
    help: 'Unmount filesystems\n\n\t-a\tUnmount all filesystems\n\t-r\tRemount devices read-only if mount is busy\n\t-l\tLazy umount (detach filesystem)\n\t-f\tForce umount (i.e., unreachable NFS server)\n\t-d\tFree loop device if it has been used\n\t-t FSTYPE[,...]\tUnmount only these filesystem type(s)\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    const gnu = ctx.form === 'gnu';
    if (ctx.args.length === 0 && !opts.all) return yield* ctx.usage(gnu ? 'bad usage' : undefined);
    const rows = yield* readMounts(sys);
    const targets: string[] = [];
    if (opts.all)
      for (const row of rows.toReversed())
        if (!['proc', 'sysfs', 'devtmpfs', 'devpts', 'cgroup2', 'rootfs'].includes(row.type) && row.dir !== '/')
          targets.push(row.dir);
    for (const name of ctx.args) {
      const real = realPath(sys, name, 'existing');
      const path = typeof real === 'string' ? real : name;
      const bySource = rows.findLast((row) => row.source === name && name.startsWith('/'));
      const found = rows.some((row) => row.dir === path) ? path : (bySource?.dir ?? name);
      if (opts.recursive)
        targets.push(
          ...rows
            .toReversed()
            .flatMap((row) => (row.dir === found || row.dir.startsWith(`${found}/`) ? [row.dir] : [])),
        );
      else targets.push(found);
    }
    let status = 0;
    for (const target of targets) {
      const r = sys.umount2(target, opts.lazy ? MNT_DETACH : 0);
      if (r === 0) {
        if (opts.verbose) yield* ctx.stdout.write(`umount: ${target} unmounted\n`);
        continue;
      }
      status = gnu ? 32 : 1;
      if (!gnu) {
        yield* ctx.warn(`can't unmount ${target}: ${ctx.strerror(r)}`);
        continue;
      }
      if (r === -EINVAL) {
        if (!opts.quiet) yield* ctx.warn(`${target}: not mounted.`);
      } else if (r === -ENOENT) yield* ctx.warn(`${target}: no mount point specified.`);
      else if (r === -EBUSY) yield* ctx.warn(`${target}: target is busy.`);
      else if (r === -EPERM) yield* ctx.warn(`${target}: must be superuser to unmount.`);
      else yield* ctx.warn(`${target}: umount failed: ${ctx.strerror(r)}.`);
    }
    return status;
  },
});
