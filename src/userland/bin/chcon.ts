import { isDirectory, Stat } from '../../abi/stat.ts';
import { decode, encode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import { joinPath, listDir } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { localeQuote, quoteIfNeeded, shellQuote } from '../../libc/shell-quote.ts';

const options = {
  dereference: { help: 'change what a symbolic link points to (default)' },
  noDereference: { short: 'h', help: 'change symbolic links themselves' },
  user: { short: 'u', arg: 'USER', help: 'set user USER in the target security context' },
  role: { short: 'r', arg: 'ROLE', help: 'set role ROLE in the target security context' },
  type: { short: 't', arg: 'TYPE', help: 'set type TYPE in the target security context' },
  range: { short: 'l', arg: 'RANGE', help: 'set range RANGE in the target security context' },
  reference: { arg: 'RFILE', help: "use RFILE's security context" },
  recursive: { short: 'R', help: 'operate on files and directories recursively' },
  verbose: { short: 'v', help: 'say which file is processed' },
} as const;
type Ctx = Context<typeof options>;

const NAME = 'security.selinux';

export default program({
  name: 'chcon',
  at: ['/usr/bin/chcon'],
  spec: 'GNU coreutils 9.4 chcon(1); without -H, -L, -P and --preserve-root',
  version: '(GNU coreutils) 9.4',
  usage:
    '[OPTION]... CONTEXT FILE...\n  or:  chcon [OPTION]... [-u USER] [-r ROLE] [-l RANGE] [-t TYPE] FILE...\n  or:  chcon [OPTION]... --reference=RFILE FILE...',
  about: 'Change the SELinux security context of each FILE to CONTEXT.',
  options,
  *main(ctx) {
    const { opts, sys } = ctx;
    const files = [...ctx.args];
    const partial = opts.user ?? opts.role ?? opts.type ?? opts.range;
    let context: string | undefined;
    if (opts.reference !== undefined) {
      const value = sys.getxattr(opts.reference, NAME);
      if (typeof value === 'number')
        return yield* ctx.die(
          `failed to get security context of ${shellQuote(opts.reference)}: ${ctx.strerror(value)}`,
        );
      context = text(value);
    } else if (partial === undefined) {
      context = files.shift();
      if (context === undefined) return yield* ctx.usage('missing operand');
      if (context.split(':').length < 3 && files.length > 0) {
        if (new Stat() && sys.stat(files[0]!, new Stat()) < 0) return (yield* change(ctx, files[0]!, context)) ? 0 : 1;
        return yield* ctx.die(`failed to create security context: ${localeQuote(context)}: ${ctx.strerror(22)}`);
      }
    }
    if (files.length === 0)
      return yield* ctx.usage(
        context === undefined ? 'missing operand' : `missing operand after ${localeQuote(ctx.args.at(-1)!)}`,
      );
    let status = 0;
    for (const file of files) if (!(yield* change(ctx, file, context))) status = 1;
    return status;
  },
});

const text = (bytes: Uint8Array): string => decode(bytes).replace(/\0$/, '');

function* change(ctx: Ctx, file: string, context: string | undefined): Wait<boolean> {
  const { opts, sys } = ctx;
  const st = new Stat();
  const found = opts.noDereference ? sys.lstat(file, st) : sys.stat(file, st);
  if (found < 0) {
    yield* ctx.warn(`cannot access ${shellQuote(file)}: ${ctx.strerror(found)}`);
    return false;
  }
  let good = true;
  if (opts.recursive && isDirectory(st.mode)) {
    const names = listDir(sys, file);
    for (const name of typeof names === 'number' ? [] : names)
      good = (yield* change(ctx, joinPath(file, name), context)) && good;
    if (sys.tick()) yield;
  }
  if (opts.verbose) yield* ctx.stdout.write(`changing security context of ${shellQuote(file)}\n`);
  let wanted = context;
  if (wanted === undefined) {
    const old = sys.getxattr(file, NAME, opts.noDereference);
    if (typeof old === 'number') {
      yield* ctx.warn(`can't apply partial context to unlabeled file ${shellQuote(file)}`);
      return false;
    }
    const [user = '', role = '', type = '', ...range] = text(old).split(':');
    const level = opts.range ?? range.join(':');
    wanted = [opts.user ?? user, opts.role ?? role, opts.type ?? type, ...(level === '' ? [] : [level])].join(':');
  }
  const r = sys.setxattr(file, NAME, encode(`${wanted}\0`), opts.noDereference);
  if (r >= 0) return good;
  yield* ctx.warn(
    `failed to change context of ${shellQuote(file)} to ${localeQuote(quoteIfNeeded(wanted))}: ${ctx.strerror(r)}`,
  );
  return false;
}
