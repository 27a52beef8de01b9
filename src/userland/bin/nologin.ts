import { program } from '../../libc/program.ts';

export default program({
  name: 'nologin',
  at: ['/usr/sbin/nologin'],
  spec: 'shadow 4.13 nologin(8)',
  usage: '',
  about: 'Politely refuse a login.',
  options: {},
  raw: true,
  *main(ctx) {
    yield* ctx.stdout.write('This account is currently not available.\n');
    return 1;
  },
});
