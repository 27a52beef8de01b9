import { O_NONBLOCK, O_RDONLY } from '../../abi/flags.ts';
import {
  isBlockDevice,
  isCharDevice,
  isDirectory,
  isFifo,
  isSocket,
  isSymlink,
  major,
  minor,
  S_ISGID,
  S_ISUID,
  S_ISVTX,
  Stat,
} from '../../abi/stat.ts';
import { open, readFull, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { type Description, describeBytes } from '../file/magic.ts';

const options = {
  brief: { short: 'b', help: 'do not prepend filenames to output lines' },
  mime: { short: 'i', help: 'output MIME type strings' },
  mimeType: { help: 'output the MIME type' },
  mimeEncoding: { help: 'output the MIME encoding' },
  dereference: { short: 'L', help: 'follow symlinks (default if POSIXLY_CORRECT is set)' },
  noDereference: { short: 'h', help: "don't follow symlinks (default)" },
  specialFiles: { short: 's', help: 'treat special (block/char devices) files as ordinary ones' },
  uncompress: { short: 'z', help: 'try to look inside compressed files' },
  keepGoing: { short: 'k', help: "don't stop at the first match" },
  separator: { short: 'F', arg: 'STRING', help: "use string as separator instead of `:'" },
  filesFrom: { short: 'f', arg: 'FILE', help: 'read the filenames to be examined from FILE' },
  noPad: { short: 'N', help: 'do not pad output' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'file',
  at: ['/usr/bin/file'],
  spec: 'file 5.45 file(1): the kinds of files that occur here, without a magic database',
  version: '5.45',
  usage: '[OPTION...] [FILE...]',
  about: 'Determine type of FILEs.',
  options,
  *main(ctx) {
    const names = [...ctx.args];
    if (names.length === 0) {
      yield* ctx.stderr.write(
        'Usage: file [-bcCdEhikLlNnprsSvzZ0] [--apple] [--extension] [--mime-encoding]\n            [--mime-type] [-e <testname>] [-F <separator>]  [-f <namefile>]\n            [-m <magicfiles>] [-P <parameter=value>] [--exclude-quiet]\n            <file> ...\n       file -C [-m <magicfiles>]\n       file [--help]\n',
      );
      return 1;
    }
    const width = Math.max(...names.map((name) => name.length));
    for (const name of names) {
      const kind = yield* describe(ctx, name);
      const { opts } = ctx;
      const text = opts.mimeType
        ? kind.mime
        : opts.mimeEncoding
          ? kind.encoding
          : opts.mime
            ? `${kind.mime}; charset=${kind.encoding}`
            : kind.text;
      const shown = name === '-' ? '/dev/stdin' : name;
      const lead = opts.brief
        ? ''
        : `${shown}${opts.separator ?? ':'} ${' '.repeat(opts.noPad ? 0 : Math.max(0, width - name.length))}`;
      yield* ctx.stdout.write(`${lead}${text}\n`);
    }
    return 0;
  },
});

function* describe(ctx: Ctx, name: string): Wait<Description> {
  const { sys, opts } = ctx;
  const st = new Stat();
  const special = (text: string, mime: string): Description => ({ text, mime: `inode/${mime}`, encoding: 'binary' });
  if (name !== '-') {
    const r = opts.dereference ? sys.stat(name, st) : sys.lstat(name, st);
    if (r < 0)
      return {
        text: `cannot open \`${name}' (${ctx.strerror(r)})`,
        mime: `cannot open \`${name}' (${ctx.strerror(r)})`,
        encoding: '',
      };
    const bits = `${st.mode & S_ISUID ? 'setuid, ' : ''}${st.mode & S_ISGID ? 'setgid, ' : ''}${st.mode & S_ISVTX ? 'sticky, ' : ''}`;
    if (isSymlink(st.mode)) {
      const target = sys.readlink(name);
      const broken = sys.stat(name, new Stat()) < 0;
      return special(`${broken ? 'broken ' : ''}symbolic link to ${target}`, 'symlink');
    }
    if (isDirectory(st.mode)) return special(`${bits}directory`, 'directory');
    if (isFifo(st.mode)) return special(`${bits}fifo (named pipe)`, 'fifo');
    if (isSocket(st.mode)) return special(`${bits}socket`, 'socket');
    if (isCharDevice(st.mode) && !opts.specialFiles)
      return special(`${bits}character special (${major(st.rdev)}/${minor(st.rdev)})`, 'chardevice');
    if (isBlockDevice(st.mode) && !opts.specialFiles)
      return special(`${bits}block special (${major(st.rdev)}/${minor(st.rdev)})`, 'blockdevice');
    if (st.size === 0) return { text: `${bits}empty`, mime: 'inode/x-empty', encoding: 'binary' };
    const fd = yield* open(sys, name, O_RDONLY | O_NONBLOCK);
    if (fd < 0)
      return { text: `${bits}regular file, no read permission`, mime: 'inode/x-unreadable', encoding: 'binary' };
    const found = yield* head(ctx, fd);
    sys.close(fd);
    return { ...found, text: bits + found.text };
  }
  return yield* head(ctx, 0);
}

function* head(ctx: Ctx, fd: number): Wait<Description> {
  const buf = new Uint8Array(65536);
  const n = yield* readFull(ctx.sys, fd, buf);
  if (n <= 0) return { text: 'empty', mime: 'inode/x-empty', encoding: 'binary' };
  return describeBytes(buf.subarray(0, n));
}
