import { Stat } from '../../abi/stat.ts';
import { dirname, joinPath, normalizePath } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { realPath } from '../../libc/real-path.ts';
import { quoteIfNeeded } from '../../libc/shell-quote.ts';

export default program({
  name: 'realpath',
  at: ['/usr/bin/realpath'],
  spec: 'GNU coreutils 9.4 realpath(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... FILE...',
  about: 'Print the absolute file name, links followed.',
  options: {
    canonicalizeExisting: { short: 'e', busybox: false, help: 'all components must exist' },
    canonicalizeMissing: { short: 'm', busybox: false, help: 'no component need exist' },
    logical: { short: 'L', busybox: false, help: 'take .. before links' },
    physical: { short: 'P', busybox: false, help: 'follow links as met (default)' },
    quiet: { short: 'q', busybox: false, help: 'no error messages' },
    relativeTo: { arg: 'DIR', busybox: false, help: 'print the path from DIR' },
    relativeBase: { arg: 'DIR', busybox: false, help: 'absolute unless below DIR' },
    strip: { short: 's', busybox: false, help: 'do not follow links' },
    noSymlinks: { busybox: false, help: 'do not follow links' },
    zero: { short: 'z', busybox: false, help: 'end with NUL' },
  },
  busybox: { at: '/usr/bin/realpath', usage: 'FILE...', help: 'Print absolute pathnames of FILEs\n' },
  // busybox takes every argument as a path
  rewrite: (argv, form) => (form === 'gnu' || argv[0] === '--help' || argv[0] === '--' ? argv : ['--', ...argv]),
  *main(ctx) {
    const { opts, sys } = ctx;
    if (ctx.args.length === 0) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
    const must = opts.canonicalizeMissing
      ? 'missing'
      : opts.canonicalizeExisting || ctx.form === 'busybox'
        ? 'existing'
        : 'parents';
    const st = new Stat();
    const find = (path: string): string | number => {
      const plain = opts.strip || opts.noSymlinks;
      if (!plain && !opts.logical) return realPath(sys, path, must);
      const cwd = sys.getcwd();
      if (typeof cwd === 'number') return cwd;
      const logical = normalizePath(path.startsWith('/') ? path : joinPath(cwd, path));
      if (!plain) return realPath(sys, logical, must);
      const r = must === 'missing' ? 0 : sys.stat(must === 'existing' ? path : dirname(path), st);
      return r < 0 ? r : logical;
    };
    const bases: (string | undefined)[] = [];
    for (const dir of [opts.relativeTo, opts.relativeBase]) {
      const found = dir === undefined ? undefined : find(dir);
      if (typeof found === 'number') return yield* ctx.die(`${quoteIfNeeded(dir!)}: ${ctx.strerror(found)}`);
      bases.push(found);
    }
    const [to, below] = bases;
    const within = (path: string, dir: string): boolean => dir === '/' || path === dir || path.startsWith(`${dir}/`);
    let status = 0;
    for (const path of ctx.args) {
      let value = find(path);
      if (typeof value === 'number') {
        status = 1;
        if (!opts.quiet) yield* ctx.warn(`${quoteIfNeeded(path)}: ${ctx.strerror(value)}`);
        continue;
      }
      const from = to ?? below;
      if (from !== undefined && (below === undefined || (within(value, below) && within(from, below))))
        value = relative(from, value);
      yield* ctx.stdout.write(value + (opts.zero ? '\0' : '\n'));
    }
    return status;
  },
});

function relative(from: string, to: string): string {
  const a = from.split('/').filter((p) => p !== '');
  const b = to.split('/').filter((p) => p !== '');
  let common = 0;
  while (common < a.length && common < b.length && a[common] === b[common]) common++;
  return [...a.slice(common).map(() => '..'), ...b.slice(common)].join('/') || '.';
}
