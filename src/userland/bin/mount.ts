import { EBUSY, EINVAL, ENODEV, ENOENT, ENOTBLK, ENOTDIR, EPERM } from '../../abi/errno.ts';
import { MS_BIND, MS_MOVE, MS_PRIVATE, MS_RDONLY, MS_REMOUNT, MS_SHARED, MS_SLAVE } from '../../abi/flags.ts';
import { isBlockDevice, Stat } from '../../abi/stat.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { mountOptions } from '../../libc/mount-options.ts';
import { readMounts } from '../../libc/mount-table.ts';
import { type Context, program } from '../../libc/program.ts';
import { realPath } from '../../libc/real-path.ts';

const options = {
  all: { short: 'a', help: 'mount all filesystems mentioned in fstab' },
  bind: { short: 'B', busybox: false, help: 'mount a subtree somewhere else' },
  rbind: { short: 'R', busybox: false, help: 'mount a subtree and all submounts somewhere else' },
  move: { short: 'M', busybox: false, help: 'move a subtree to some other place' },
  makePrivate: { busybox: false, help: 'mark a subtree as private' },
  makeRprivate: { busybox: false, help: 'recursively mark a whole subtree as private' },
  makeShared: { busybox: false, help: 'mark a subtree as shared' },
  makeRshared: { busybox: false, help: 'recursively mark a whole subtree as shared' },
  makeSlave: { busybox: false, help: 'mark a subtree as slave' },
  makeRslave: { busybox: false, help: 'recursively mark a whole subtree as slave' },
  fake: { short: 'f', help: 'dry run; skip the mount(2) syscall' },
  showLabels: { short: 'l', busybox: false, help: 'show also filesystem labels' },
  noMtab: { short: 'n', help: "don't write to /etc/mtab" },
  options: { short: 'o', arg: 'list', many: true, help: 'comma-separated list of mount options' },
  readOnly: { short: 'r', help: 'mount the filesystem read-only (same as -o ro)' },
  readWrite: { short: 'w', long: 'rw', help: 'mount the filesystem read-write (default)' },
  types: { short: 't', arg: 'list', help: 'limit the set of filesystem types' },
  source: { arg: 'src', busybox: false, help: 'explicitly specifies source' },
  target: { arg: 'target', busybox: false, help: 'explicitly specifies mountpoint' },
  verbose: { short: 'v', help: 'say what is being done' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'mount',
  at: ['/usr/bin/mount'],
  spec: 'util-linux 2.39 mount(8): mounts, binds, remounts, propagation, fstab; no loop devices, labels or helpers',
  version: 'from util-linux 2.39.3',
  usage:
    '[-lhV]\n mount -a [options]\n mount [options] [--source] <source> | [--target] <directory>\n mount [options] <source> <directory>\n mount <operation> <mountpoint> [<target>]',
  about: 'Mount a filesystem.',
  options,
  busybox: {
    at: '/bin/mount',
    usage: '[OPTIONS] [-o OPT] DEVICE NODE',
    help: "Mount a filesystem. Filesystem autodetection requires /proc.\n\n\t-a\t\tMount all filesystems in fstab\n\t-f\t\tDry run\n\t-i\t\tDon't run mount helper\n\t-r\t\tRead-only mount\n\t-t FSTYPE[,...]\tFilesystem type(s)\n\t-T FILE\t\tRead FILE instead of /etc/fstab\n\t-O OPT\t\tMount only filesystems with option OPT (-a only)\n-o OPT:\n\tloop\t\tIgnored (loop devices are autodetected)\n\t[a]sync\t\tWrites are [a]synchronous\n\t[no]atime\tDisable/enable updates to inode access times\n\t[no]diratime\tDisable/enable atime updates to directories\n\t[no]relatime\tDisable/enable atime updates relative to modification time\n\t[no]dev\t\t(Dis)allow use of special device files\n\t[no]exec\t(Dis)allow use of executable files\n\t[no]suid\t(Dis)allow set-user-id-root programs\n\t[r]shared\tConvert [recursively] to a shared subtree\n\t[r]slave\tConvert [recursively] to a slave subtree\n\t[r]private\tConvert [recursively] to a private subtree\n\t[un]bindable\tMake mount point [un]able to be bind mounted\n\t[r]bind\t\tBind a file or directory [recursively] to another location\n\tmove\t\tRelocate an existing mount point\n\tremount\t\tRemount a mounted filesystem, changing flags\n\tro\t\tSame as -r\n\nThere are filesystem-specific -o flags.\n",
  },
  *main(ctx) {
    const { opts } = ctx;
    const words = opts.options.flatMap((list) => list.split(','));
    if (opts.readOnly) words.push('ro');
    for (const [given, word] of [
      [opts.bind, 'bind'],
      [opts.rbind, 'rbind'],
      [opts.move, 'move'],
      [opts.makePrivate, 'private'],
      [opts.makeRprivate, 'rprivate'],
      [opts.makeShared, 'shared'],
      [opts.makeRshared, 'rshared'],
      [opts.makeSlave, 'slave'],
      [opts.makeRslave, 'rslave'],
    ] as const)
      if (given) words.push(word);
    let [source, target] = ctx.args;
    source = opts.source ?? source;
    target = opts.target ?? (opts.source === undefined ? target : ctx.args[0]);
    if (opts.all) return yield* mountAll(ctx);
    if (source === undefined && target === undefined) return yield* list(ctx);
    if (ctx.args.length > 2) return yield* ctx.usage(ctx.form === 'gnu' ? 'bad usage' : undefined);
    const { flags, data } = mountOptions(words);
    if (target === undefined) {
      if (flags & (MS_REMOUNT | MS_PRIVATE | MS_SHARED | MS_SLAVE)) {
        target = source!;
        source = 'none';
      } else {
        const row = (yield* fstab(ctx)).find(([from, dir]) => from === source || dir === source);
        if (!row) {
          if (ctx.form === 'busybox') return yield* ctx.die(`can't find ${source} in /etc/fstab`);
          return yield* ctx.die(`${source}: can't find in /etc/fstab.`);
        }
        return yield* one(ctx, row[0], row[1], row[2], [...row[3].split(','), ...words]);
      }
    }
    return yield* one(ctx, source!, target, opts.types ?? '', words, { flags, data });
  },
});

function* list(ctx: Ctx): Wait<number> {
  for (const row of yield* readMounts(ctx.sys))
    if (ctx.opts.types === undefined || ctx.opts.types.split(',').includes(row.type))
      yield* ctx.stdout.write(`${row.source} on ${row.dir} type ${row.type} (${row.options})\n`);
  return 0;
}

type Row = [source: string, dir: string, type: string, options: string];

function* fstab(ctx: Ctx): Wait<Row[]> {
  const bytes = yield* readFile(ctx.sys, '/etc/fstab');
  if (typeof bytes === 'number') return [];
  return decode(bytes)
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
    .filter((fields) => fields.length >= 3)
    .map((f) => [f[0]!, f[1]!, f[2]!, f[3] ?? 'defaults']);
}

function* mountAll(ctx: Ctx): Wait<number> {
  const mounted = (yield* readMounts(ctx.sys)).map((row) => row.dir);
  let status = 0;
  for (const [source, dir, type, words] of yield* fstab(ctx)) {
    if (type === 'swap' || /(^|,)noauto(,|$)/.test(words) || mounted.includes(dir)) continue;
    if ((yield* one(ctx, source, dir, type, words.split(','))) !== 0) status = 32;
  }
  return status;
}

function* one(
  ctx: Ctx,
  source: string,
  target: string,
  type: string,
  words: readonly string[],
  parsed = mountOptions(words),
): Wait<number> {
  const { sys, opts } = ctx;
  const { flags, data } = parsed;
  const gnu = ctx.form === 'gnu';
  if (opts.fake) return 0;
  const real = realPath(sys, target, 'existing');
  const dir = typeof real === 'string' ? real : target;
  const special = (flags & (MS_BIND | MS_MOVE | MS_REMOUNT | MS_PRIVATE | MS_SHARED | MS_SLAVE)) !== 0;
  let r = -ENODEV;
  const st = new Stat();
  if (type === '' && !special) {
    const s = sys.stat(source, st);
    r = s < 0 ? -ENOENT : isBlockDevice(st.mode) ? -ENODEV : -ENOTBLK;
  }
  const types = type === '' || type === 'auto' ? (special ? [''] : ['ext4', 'xfs']) : type.split(',');
  for (const kind of r === -ENODEV ? types : []) {
    r = sys.mount(source, dir, kind, flags, data);
    for (; r === -4096; r = sys.mount(source, dir, kind, flags, data)) yield;
    if (r !== -ENODEV && r !== -EINVAL) break;
  }
  // a bind mount takes its flags only in a second step
  if (r === 0 && flags & MS_BIND && !(flags & MS_REMOUNT) && flags & MS_RDONLY)
    r = sys.mount('none', dir, '', flags | MS_REMOUNT, '');
  if (r === 0) {
    if (opts.verbose) yield* ctx.stdout.write(`mount: ${source} mounted on ${target}.\n`);
    return 0;
  }
  if (!gnu) return yield* busyboxFailure(ctx, source, target, r);
  yield* ctx.warn(failure(sys.access(target, 0), source, target, type, flags, r, ctx.strerror(r)));
  if (r !== -EPERM && r !== -ENOENT)
    yield* ctx.stderr.write('       dmesg(1) may have more information after failed mount system call.\n');
  return r === -EPERM && sys.credentials().euid !== 0 ? 1 : 32;
}

function* busyboxFailure(ctx: Ctx, source: string, target: string, errno: number): Wait<number> {
  if (errno === -EPERM) {
    yield* ctx.warn('permission denied (are you root?)');
    return 1;
  }
  yield* ctx.warn(`mounting ${source} on ${target} failed: ${ctx.strerror(errno)}`);
  return 255;
}

/** libmount's words for an errno. */
function failure(
  there: number,
  source: string,
  target: string,
  type: string,
  flags: number,
  errno: number,
  words: string,
): string {
  switch (-errno) {
    case ENOENT:
      if (there < 0) return `${target}: mount point does not exist.`;
      return `${target}: special device ${source} does not exist.`;
    case ENOTDIR:
      return `${target}: mount point is not a directory.`;
    case EBUSY:
      return `${target}: ${source} already mounted or mount point busy.`;
    case ENODEV:
      return `${target}: unknown filesystem type '${type}'.`;
    case ENOTBLK:
      return `${target}: ${source} is not a block device.`;
    case EPERM:
      return `${target}: permission denied.`;
    case EINVAL:
      if (flags & MS_REMOUNT) return `${target}: mount point not mounted or bad option.`;
      return `${target}: wrong fs type, bad option, bad superblock on ${source}, missing codepage or helper program, or other error.`;
    default:
      return `${target}: mount(2) system call failed: ${words}.`;
  }
}
