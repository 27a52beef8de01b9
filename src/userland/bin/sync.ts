import { O_NONBLOCK, O_RDONLY } from '../../abi/flags.ts';
import { open } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'sync',
  at: ['/usr/bin/sync'],
  spec: 'GNU coreutils 9.4 sync(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION] [FILE]...',
  about: 'Synchronize cached writes to persistent storage.',
  options: {
    data: { short: 'd', help: 'sync only file data, no unneeded metadata' },
    fileSystem: { short: 'f', help: 'sync the file systems that contain the files' },
  },
  busybox: {
    at: '/bin/sync',
    long: [],
    usage: '[-df] [FILE]...',
    help: 'Write all buffered blocks (in FILEs) to disk\n\t-d\tAvoid syncing metadata\n\t-f\tSync filesystems underlying FILEs\n',
  },
  *main(ctx) {
    const { sys } = ctx;
    if (ctx.args.length === 0) {
      while (sys.sync() === -4096) yield;
      return 0;
    }
    let status = 0;
    for (const name of ctx.args) {
      const fd = yield* open(sys, name, O_RDONLY | O_NONBLOCK);
      if (fd < 0) {
        status = 1;
        yield* ctx.warn(
          ctx.form === 'gnu'
            ? `error opening ${shellQuote(name)}: ${ctx.strerror(fd)}`
            : `can't open '${name}': ${ctx.strerror(fd)}`,
        );
        continue;
      }
      while (sys.fsync(fd) === -4096) yield;
      sys.close(fd);
    }
    return status;
  },
});
