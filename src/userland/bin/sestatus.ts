import { program } from '../../libc/program.ts';
import { modes } from '../selinux/state.ts';

export default program({
  name: 'sestatus',
  at: ['/usr/sbin/sestatus'],
  spec: 'policycoreutils 2.5 sestatus(8)',
  usage: '[OPTION]',
  about: 'Tell the state of SELinux.',
  options: {},
  raw: true,
  *main(ctx) {
    const { now, configured, policy } = yield* modes(ctx.sys);
    if (now === 'Disabled') {
      yield* ctx.stdout.write('SELinux status:                 disabled\n');
      return 0;
    }
    const rows: [string, string][] = [
      ['SELinux status:', 'enabled'],
      ['SELinuxfs mount:', '/sys/fs/selinux'],
      ['SELinux root directory:', '/etc/selinux'],
      ['Loaded policy name:', policy],
      ['Current mode:', now.toLowerCase()],
      ['Mode from config file:', configured.toLowerCase()],
      ['Policy MLS status:', 'enabled'],
      ['Policy deny_unknown status:', 'allowed'],
      ['Max kernel policy version:', '31'],
    ];
    for (const [name, value] of rows) yield* ctx.stdout.write(`${name.padEnd(32)}${value}\n`);
    return 0;
  },
});
