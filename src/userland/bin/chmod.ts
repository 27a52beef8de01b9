import { isDirectory, isSymlink, Stat } from '../../abi/stat.ts';
import { applyMode, modeString } from '../../libc/mode.ts';
import { joinPath, listDir } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';
import { localeQuote, shellQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'chmod',
  at: ['/usr/bin/chmod'],
  spec: 'GNU coreutils 9.4 chmod(1)',
  version: '(GNU coreutils) 9.4',
  usage:
    '[OPTION]... MODE[,MODE]... FILE...\n  or:  chmod [OPTION]... OCTAL-MODE FILE...\n  or:  chmod [OPTION]... --reference=RFILE FILE...',
  about: 'Change the mode of each FILE to MODE.',
  options: {
    changes: { short: 'c', help: 'like -v, but only for changes' },
    silent: { short: 'f', help: 'no error messages' },
    quiet: { busybox: false, help: 'no error messages' },
    verbose: { short: 'v', help: 'say what is done to each file' },
    noPreserveRoot: { busybox: false, help: "do not treat '/' specially" },
    preserveRoot: { busybox: false, help: "refuse to work recursively on '/'" },
    reference: { arg: 'RFILE', busybox: false, help: "use RFILE's mode" },
    recursive: { short: 'R', help: 'change files and directories recursively' },
  },
  rewrite: (argv) => {
    const at = argv.findIndex((arg) => /^-[rwxXstugoa,=+-]+$/.test(arg) && !/^-[cfvR]+$/.test(arg));
    return at < 0 || argv.slice(0, at).includes('--')
      ? argv
      : [
          ...argv.slice(0, at),
          ...argv.slice(at + 1).filter((arg) => /^-[cfvR]+$/.test(arg)),
          '--',
          argv[at]!,
          ...argv.slice(at + 1).filter((arg) => !/^-[cfvR]+$/.test(arg)),
        ];
  },
  busybox: {
    at: '/bin/chmod',
    long: [],
    usage: '[-Rcvf] MODE[,MODE]... FILE...',
    help: 'MODE is octal number (bit pattern sstrwxrwxrwx) or [ugoa]{+|-|=}[rwxXst]\n\n\t-R\tRecurse\n\t-c\tList changed files\n\t-v\tVerbose\n\t-f\tHide errors\n',
  },
  *main(ctx) {
    const { sys, opts, form } = ctx;
    const files = ctx.args.slice();
    let text: string | undefined;
    let fixed: number | undefined;
    if (opts.reference !== undefined) {
      const st = new Stat();
      const r = sys.stat(opts.reference, st);
      if (r < 0) return yield* ctx.die(`failed to get attributes of ${shellQuote(opts.reference)}: ${ctx.strerror(r)}`);
      fixed = st.mode & 0o7777;
    } else text = files.shift();
    if (text === undefined && fixed === undefined)
      return yield* ctx.usage(form === 'gnu' ? 'missing operand' : undefined);
    if (files.length === 0)
      return yield* ctx.usage(form === 'gnu' ? `missing operand after ${localeQuote(text ?? '')}` : undefined);
    const umask = sys.umask(0);
    sys.umask(umask);
    if (text !== undefined && applyMode(text, 0, false, umask) === undefined)
      return yield* form === 'gnu'
        ? ctx.usage(`invalid mode: ${localeQuote(text)}`)
        : ctx.die(`invalid mode '${text}'`);
    let status = 0;
    const complain = function* (message: string) {
      status = 1;
      if (!opts.silent && !opts.quiet) yield* ctx.warn(message);
    };
    const change = function* (path: string, depth: number): Generator<void, void, void> {
      if (sys.tick()) yield;
      const st = new Stat();
      const r = depth > 0 ? sys.lstat(path, st) : sys.stat(path, st);
      if (r < 0)
        return yield* complain(
          form === 'gnu'
            ? sys.lstat(path, st) === 0
              ? `cannot operate on dangling symlink ${shellQuote(path)}`
              : `cannot access ${shellQuote(path)}: ${ctx.strerror(r)}`
            : `${path}: ${ctx.strerror(r)}`,
        );
      if (isSymlink(st.mode)) return;
      const mode = fixed ?? applyMode(text!, st.mode, isDirectory(st.mode), umask)!;
      const done = sys.chmod(path, mode);
      if (done < 0)
        yield* complain(
          form === 'gnu'
            ? `changing permissions of ${shellQuote(path)}: ${ctx.strerror(done)}`
            : `${path}: ${ctx.strerror(done)}`,
        );
      else if (opts.verbose || (opts.changes && (st.mode & 0o7777) !== mode)) {
        const show = (m: number): string => `${(m & 0o7777).toString(8).padStart(4, '0')} (${modeString(m).slice(1)})`;
        yield* ctx.stdout.write(
          (st.mode & 0o7777) === mode
            ? `mode of ${shellQuote(path)} retained as ${show(mode)}\n`
            : `mode of ${shellQuote(path)} changed from ${show(st.mode)} to ${show(mode)}\n`,
        );
      }
      if (!opts.recursive || !isDirectory(st.mode)) return;
      const names = listDir(sys, path);
      if (typeof names === 'number')
        return yield* complain(
          form === 'gnu'
            ? `cannot read directory ${shellQuote(path)}: ${ctx.strerror(names)}`
            : `${path}: ${ctx.strerror(names)}`,
        );
      for (const name of names) yield* change(joinPath(path, name), depth + 1);
    };
    for (const path of files) yield* change(path, 0);
    return status;
  },
});
