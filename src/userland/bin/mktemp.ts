import { EEXIST } from '../../abi/errno.ts';
import { O_CREAT, O_EXCL, O_RDWR } from '../../abi/flags.ts';
import { open } from '../../libc/io.ts';
import { joinPath } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export default program({
  name: 'mktemp',
  at: ['/usr/bin/mktemp'],
  spec: 'GNU coreutils 9.4 mktemp(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [TEMPLATE]',
  about: 'Make a temporary file or directory and print its name. TEMPLATE ends in at least 3 X.',
  options: {
    directory: { short: 'd', help: 'make a directory' },
    dryRun: { short: 'u', help: 'make nothing, print a name' },
    quiet: { short: 'q', help: 'no error messages' },
    suffix: { arg: 'SUFF', busybox: false, help: 'append SUFF' },
    tmpdir: { arg: 'DIR', optional: true, busybox: false, help: 'below DIR, or $TMPDIR, or /tmp' },
    p: { short: 'p', long: false, arg: 'DIR', help: 'below DIR' },
    t: { short: 't', long: false, help: 'below $TMPDIR or /tmp' },
  },
  busybox: {
    at: '/bin/mktemp',
    usage: '[-dt] [-p DIR] [TEMPLATE]',
    help: 'Create a temporary file with name based on TEMPLATE and print its name.\nTEMPLATE must end with XXXXXX (e.g. [/dir/]nameXXXXXX).\nWithout TEMPLATE, -t tmp.XXXXXX is assumed.\n\n\t-d\tMake directory, not file\n\t-q\tFail silently on errors\n\t-t\tPrepend base directory name to TEMPLATE\n\t-p DIR\tUse DIR as a base directory (implies -t)\n\t-u\tDo not create anything; print a name\n\nBase directory is: -p DIR, else $TMPDIR, else /tmp\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    if (ctx.args.length > 1) return yield* ctx.usage(ctx.form === 'gnu' ? 'too many templates' : undefined);
    const template = ctx.args[0] ?? (ctx.form === 'gnu' ? 'tmp.XXXXXXXXXX' : 'tmp.XXXXXX');
    const x = (ctx.form === 'gnu' ? /X{3,}(?=[^X/]*$)/ : /X{6}$/).exec(template);
    if (!x || (opts.suffix !== undefined && !template.endsWith('X')))
      return yield* ctx.die(
        ctx.form === 'gnu' ? `too few X's in template ${localeQuote(template)}` : '(null): Invalid argument',
      );
    const base = ctx.args.length === 0 || opts.p !== undefined || opts.t || opts.tmpdir !== undefined;
    const fallback = ctx.env.get('TMPDIR') || '/tmp';
    const dir = !base
      ? undefined
      : opts.t
        ? ctx.env.get('TMPDIR') || opts.p || '/tmp'
        : opts.p || opts.tmpdir || fallback;
    if (ctx.form === 'gnu' && dir !== undefined && ctx.args.length > 0) {
      if (opts.t && template.includes('/'))
        return yield* ctx.die(`invalid template, ${localeQuote(template)}, contains directory separator`);
      if (template.startsWith('/'))
        return yield* ctx.die(`invalid template, ${localeQuote(template)}; with --tmpdir, it may not be absolute`);
    }
    for (let tries = 0; tries < 100; tries++) {
      const bytes = new Uint8Array(x[0].length);
      sys.getrandom(bytes);
      const name =
        template.slice(0, x.index) +
        [...bytes].map((b) => LETTERS[b % 62]).join('') +
        template.slice(x.index + x[0].length) +
        (opts.suffix ?? '');
      const path = dir === undefined ? name : joinPath(dir, name);
      let r = 0;
      if (!opts.dryRun)
        r = opts.directory ? sys.mkdir(path, 0o700) : yield* open(sys, path, O_RDWR | O_CREAT | O_EXCL, 0o600);
      if (r === -EEXIST) continue;
      if (r < 0) {
        if (opts.quiet) return 1;
        const shown = dir === undefined ? template : joinPath(dir, template);
        return yield* ctx.die(
          ctx.form === 'gnu'
            ? `failed to create ${opts.directory ? 'directory' : 'file'} via template ${localeQuote(shown + (opts.suffix ?? ''))}: ${ctx.strerror(r)}`
            : `(null): ${ctx.strerror(r)}`,
        );
      }
      yield* ctx.stdout.write(`${path}\n`);
      return 0;
    }
    return 1;
  },
});
