import { program } from '../../libc/program.ts';
import { printf } from '../sh/builtins/printf-format.ts';

export default program({
  name: 'printf',
  at: ['/usr/bin/printf'],
  spec: 'GNU coreutils 9.4 printf(1)',
  version: '(GNU coreutils) 9.4',
  usage: 'FORMAT [ARGUMENT]...',
  about: 'Print the ARGUMENTs as FORMAT says.',
  options: {},
  raw: true,
  busybox: {
    at: '/usr/bin/printf',
    usage: 'FORMAT [ARG]...',
    help: 'Format and print ARG(s) according to FORMAT (a-la C printf)\n',
  },
  *main(ctx) {
    const args = ctx.args[0] === '--' ? ctx.args.slice(1) : ctx.args;
    const format = args[0];
    if (format === undefined) return yield* ctx.usage(ctx.form === 'gnu' ? 'missing operand' : undefined);
    const result = printf(format, args.slice(1), ctx.form);
    yield* ctx.stdout.write(result.text);
    for (const message of result.messages) yield* ctx.warn(message);
    return result.status;
  },
});
