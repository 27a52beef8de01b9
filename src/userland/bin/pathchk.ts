import { ENOENT } from '../../abi/errno.ts';
import { Stat } from '../../abi/stat.ts';
import { byteLength } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { localeQuote, quoteIfNeeded, shellQuote } from '../../libc/shell-quote.ts';

const options = {
  posix: { short: 'p', long: false, help: 'check for most POSIX systems' },
  special: { short: 'P', long: false, help: 'check for empty names and leading "-"' },
  portability: { help: 'check for all POSIX systems (equivalent to -p -P)' },
} as const;

export default program({
  name: 'pathchk',
  at: ['/usr/bin/pathchk'],
  spec: 'GNU coreutils 9.4 pathchk(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... NAME...',
  about: 'Diagnose invalid or non-portable file names.',
  options,
  *main(ctx) {
    if (ctx.args.length === 0) return yield* ctx.usage('missing operand');
    let status = 0;
    for (const name of ctx.args) {
      const wrong = yield* check(ctx, name);
      if (wrong === undefined) continue;
      yield* ctx.warn(wrong);
      status = 1;
    }
    return status;
  },
});

/** @returns what is wrong with a name */
function* check(ctx: Context<typeof options>, name: string): Wait<string | undefined> {
  const { opts, sys } = ctx;
  const portable = opts.posix || opts.portability;
  const parts = name.split('/').filter((part) => part !== '');
  if (opts.special || opts.portability) {
    if (parts.some((part) => part.startsWith('-')))
      return `leading '-' in a component of file name ${shellQuote(name)}`;
  }
  if ((portable || opts.special) && name === '') return 'empty file name';
  if (portable) {
    const odd = /[^A-Za-z0-9._/-]/u.exec(name)?.[0];
    if (odd !== undefined) return `nonportable character ${localeQuote(odd)} in file name ${shellQuote(name)}`;
  } else {
    const r = sys.lstat(name, new Stat());
    if (r === 0) return undefined;
    if (r !== -ENOENT || name === '') return `${name === '' ? "''" : quoteIfNeeded(name)}: ${ctx.strerror(r)}`;
  }
  const [longest, limit] = portable ? [14, 256] : [255, 4096];
  const length = byteLength(name);
  if (length >= limit) return `limit ${limit - 1} exceeded by length ${length} of file name ${shellQuote(name)}`;
  for (const part of parts)
    if (byteLength(part) > longest)
      return `limit ${longest} exceeded by length ${byteLength(part)} of file name component ${shellQuote(part)}`;
  return undefined;
}
