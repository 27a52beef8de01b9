import { program } from '../../libc/program.ts';
import { modes, setMode } from '../selinux/state.ts';

const USAGE = 'usage:  setenforce [ Enforcing | Permissive | 1 | 0 ]\n';

export default program({
  name: 'setenforce',
  at: ['/usr/sbin/setenforce'],
  spec: 'libselinux-utils 2.5 setenforce(8): the mode is kept and shown; no policy is enforced',
  usage: '[ Enforcing | Permissive | 1 | 0 ]',
  about: 'Modify the mode SELinux is running in.',
  options: {},
  raw: true,
  *main(ctx) {
    const word = ctx.args[0]?.toLowerCase();
    if (ctx.args.length !== 1 || !['1', '0', 'enforcing', 'permissive'].includes(word!)) {
      yield* ctx.stderr.write(USAGE);
      return 1;
    }
    if ((yield* modes(ctx.sys)).now === 'Disabled') {
      yield* ctx.stderr.write('setenforce: SELinux is disabled\n');
      return 1;
    }
    if (ctx.sys.credentials().euid !== 0) {
      yield* ctx.stderr.write('setenforce:  setenforce() failed\n');
      return 1;
    }
    yield* setMode(ctx.sys, word === '1' || word === 'enforcing');
    return 0;
  },
});
