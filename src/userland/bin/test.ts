import { program } from '../../libc/program.ts';
import { TestError } from '../sh/builtins/test-error.ts';
import { evaluateTest } from '../sh/builtins/test-expression.ts';

export default program({
  name: 'test',
  at: ['/usr/bin/test', '/usr/bin/['],
  spec: 'GNU coreutils 9.4 test(1)',
  usage: 'EXPRESSION',
  about: 'Exit with the status that EXPRESSION determines.',
  options: {},
  raw: true,
  busybox: {
    at: '/usr/bin/test',
    usage: 'EXPRESSION ]',
    help: 'Check file types, compare values etc. Return a 0/1 exit code\ndepending on logical value of EXPRESSION\n',
  },
  *main(ctx) {
    let { args } = ctx;
    const called = ctx.name.slice(ctx.name.lastIndexOf('/') + 1);
    if (called === '[') {
      if (args.at(-1) !== ']') return yield* ctx.die(ctx.form === 'gnu' ? 'missing ‘]’' : 'missing ]', 2);
      args = args.slice(0, -1);
    }
    try {
      return evaluateTest(args, { kind: ctx.form, sys: ctx.sys });
    } catch (thrown) {
      if (!(thrown instanceof TestError)) throw thrown;
      return yield* ctx.die(thrown.message, 2);
    }
  },
});
