import { program } from '../../libc/program.ts';
import { setLinks } from '../init/runlevels.ts';

export default program({
  name: 'update-rcd',
  at: ['/usr/sbin/update-rc.d'],
  spec: 'init-system-helpers 1.66 update-rc.d(8): defaults, remove, enable, disable as links in /etc/rc?.d; priorities are 01',
  usage: '[-n] [-f] <basename> remove | defaults | disable | enable',
  about: 'Install and remove System-V style init script links.',
  options: {},
  raw: true,
  *main(ctx) {
    const { sys, args, stderr } = ctx;
    const force = args.includes('-f') || args.includes('--force');
    const [script, verb] = args.filter((word) => !word.startsWith('-'));
    if (script === undefined || verb === undefined) {
      yield* stderr.write(
        `update-rc.d: error: not enough arguments\nusage: update-rc.d [-n] [-f] <basename> remove\n       update-rc.d [-n] <basename> defaults\n       update-rc.d [-n] <basename> disable|enable [S|2|3|4|5]\n`,
      );
      return 1;
    }
    const exists = sys.access(`/etc/init.d/${script}`, 0) === 0;
    if (verb === 'remove') {
      if (exists && !force) return 0;
      setLinks(sys, script, 'remove');
      return 0;
    }
    if (!exists) {
      yield* stderr.write(`update-rc.d: error: unable to read /etc/init.d/${script}\n`);
      return 1;
    }
    if (verb === 'defaults' || verb === 'enable' || verb === 'disable' || verb === 'defaults-disabled') {
      setLinks(sys, script, verb === 'defaults' ? 'enable' : verb === 'defaults-disabled' ? 'disable' : verb);
      return 0;
    }
    yield* stderr.write(`update-rc.d: error: invalid arguments: ${verb}\n`);
    return 1;
  },
});
