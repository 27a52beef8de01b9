import { program } from '../../libc/program.ts';
import { modes } from '../selinux/state.ts';

export default program({
  name: 'getenforce',
  at: ['/usr/sbin/getenforce'],
  spec: 'libselinux-utils 2.5 getenforce(8)',
  usage: '',
  about: 'Get the current mode of SELinux.',
  options: {},
  raw: true,
  *main(ctx) {
    yield* ctx.stdout.write(`${(yield* modes(ctx.sys)).now}\n`);
    return 0;
  },
});
