import { execCommand } from '../../libc/exec-command.ts';
import { parseSize } from '../../libc/human.ts';
import { program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'stdbuf',
  at: ['/usr/bin/stdbuf'],
  spec: 'GNU coreutils 9.4 stdbuf(1); sizes other than 0 are as full buffers, and only standard output changes',
  version: '(GNU coreutils) 9.4',
  usage: 'OPTION... COMMAND',
  about: 'Run COMMAND, with modified buffering operations for its standard streams.',
  options: {
    input: { short: 'i', arg: 'MODE', help: 'adjust standard input stream buffering' },
    output: { short: 'o', arg: 'MODE', help: 'adjust standard output stream buffering' },
    error: { short: 'e', arg: 'MODE', help: 'adjust standard error stream buffering' },
  },
  stopAtOperand: true,
  usageStatus: 125,
  *main(ctx) {
    const { opts } = ctx;
    const envp = ctx.sys.envp.filter((pair) => !/^_STDBUF_[IOE]=/.test(pair));
    for (const [letter, mode] of [
      ['I', opts.input],
      ['O', opts.output],
      ['E', opts.error],
    ] as const) {
      if (mode === undefined) continue;
      if (mode === 'L' && letter === 'I') return yield* ctx.usage('line buffering stdin is meaningless');
      if (mode !== 'L' && parseSize(mode) === undefined)
        return yield* ctx.die(`invalid mode ${localeQuote(mode)}`, 125);
      envp.push(`_STDBUF_${letter}=${mode}`);
    }
    if (ctx.args.length === 0) return yield* ctx.usage('missing operand');
    if (ctx.order.length === 0) return yield* ctx.usage('you must specify a buffering mode option');
    return yield* execCommand(ctx, ctx.args, envp);
  },
});
