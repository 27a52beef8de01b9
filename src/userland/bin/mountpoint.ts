import { isDirectory, major, minor, Stat } from '../../abi/stat.ts';
import { readMounts } from '../../libc/mount-table.ts';
import { program } from '../../libc/program.ts';
import { realPath } from '../../libc/real-path.ts';

export default program({
  name: 'mountpoint',
  at: ['/usr/bin/mountpoint'],
  spec: 'util-linux 2.39 mountpoint(1)',
  version: 'from util-linux 2.39.3',
  usage: '[-qd] </path/to/directory>\n mountpoint -x </dev/device>',
  about: 'Check whether a directory or file is a mountpoint.',
  options: {
    quiet: { short: 'q', help: "quiet mode - don't print anything" },
    nofollow: { busybox: false, help: 'do not follow symlink' },
    fsDevno: { short: 'd', help: 'print maj:min device number of the filesystem' },
    devno: { short: 'x', help: 'print maj:min device number of the block device' },
  },
  busybox: {
    at: '/bin/mountpoint',
    usage: '[-q] { [-dn] DIR | -x DEVICE }',
    help: 'Check if DIR is a mountpoint\n\n\t-q\tQuiet\n\t-d\tPrint major:minor of the filesystem\n\t-n\tPrint device name of the filesystem\n\t-x\tPrint major:minor of DEVICE\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    const [path] = ctx.args;
    if (path === undefined || ctx.args.length > 1)
      return yield* ctx.usage(ctx.form === 'gnu' ? 'bad usage' : undefined);
    const st = new Stat();
    const r = sys.stat(path, st);
    if (r < 0) {
      if (!opts.quiet) yield* ctx.warn(`${path}: ${ctx.strerror(r)}`);
      return 1;
    }
    if (opts.devno) {
      yield* ctx.stdout.write(`${major(st.rdev)}:${minor(st.rdev)}\n`);
      return 0;
    }
    const real = realPath(sys, path, 'existing');
    const mounted = (yield* readMounts(sys)).some((row) => row.dir === real);
    const ok = mounted || (isDirectory(st.mode) && path === '/');
    if (opts.fsDevno && ok) yield* ctx.stdout.write(`${major(st.dev)}:${minor(st.dev)}\n`);
    else if (!opts.quiet) yield* ctx.stdout.write(`${path} is ${ok ? '' : 'not '}a mountpoint\n`);
    return ok ? 0 : ctx.form === 'gnu' ? 32 : 1;
  },
});
