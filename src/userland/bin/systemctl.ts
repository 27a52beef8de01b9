import { program } from '../../libc/program.ts';
import { systemctl } from '../systemd/systemctl.ts';
import { SYSTEMCTL_OPTIONS } from '../systemd/systemctl-context.ts';

export default program({
  name: 'systemctl',
  at: ['/usr/bin/systemctl'],
  spec: 'systemd 255 systemctl(1) (219 with `version systemctl 219`): units, unit files and the system; without --user, machines, jobs, environment, snapshots',
  usage: '[OPTIONS...] COMMAND ...',
  about: 'Query or send control commands to the system manager.',
  options: SYSTEMCTL_OPTIONS,
  hint: () => '',
  main: systemctl,
});
