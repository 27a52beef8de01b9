import { sleep } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'usleep',
  at: ['/bin/usleep'],
  spec: 'busybox 1.35 usleep',
  usage: 'N',
  about: 'Pause for N microseconds.',
  options: {},
  gnu: false,
  busybox: { at: '/bin/usleep', long: [], usage: 'N', help: 'Pause for N microseconds\n' },
  *main(ctx) {
    const [text] = ctx.args;
    if (text === undefined) return yield* ctx.usage();
    if (!/^\d+$/.test(text)) return yield* ctx.die(`invalid number '${text}'`);
    yield* sleep(ctx.sys, Number(text) / 1000);
    return 0;
  },
});
