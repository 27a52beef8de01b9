import { program } from '../../libc/program.ts';

export default program({
  name: 'arch',
  at: ['/usr/bin/arch'],
  spec: 'GNU coreutils 9.4 arch(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]...',
  about: 'Print machine architecture.',
  options: {},
  busybox: { at: '/bin/arch', usage: '', help: 'Print system architecture\n' },
  *main(ctx) {
    if (ctx.args.length > 0 && ctx.form === 'gnu') return yield* ctx.usage(`extra operand '${ctx.args[0]}'`);
    yield* ctx.stdout.write(`${ctx.sys.uname().machine}\n`);
    return 0;
  },
});
