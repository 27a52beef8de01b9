import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { bootId, machineId } from '../systemd/journal.ts';
import { isBooted } from '../systemd/systemctl-status.ts';

export default program({
  name: 'hostnamectl',
  at: ['/usr/bin/hostnamectl'],
  spec: 'systemd 255 hostnamectl(1): status, hostname, set-hostname; without chassis, deployment, location',
  version: '255 (255.4-1ubuntu8.10)',
  usage: '[OPTIONS...] COMMAND ...',
  about: 'Query or change system hostname.',
  options: {
    static: { help: 'Only set/get static hostname' },
    transient: { help: 'Only set/get transient hostname' },
    pretty: { help: 'Only set/get pretty hostname' },
    noAskPassword: { help: 'Do not prompt for password' },
  },
  hint: () => '',
  *main(ctx) {
    const { sys, args, opts, stdout, stderr } = ctx;
    if (!isBooted(sys)) {
      yield* stderr.write(
        "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to bus: Host is down\n",
      );
      return 1;
    }
    const [verb = 'status', name] = args;
    const setting = verb === 'set-hostname' || (verb === 'hostname' && name !== undefined);
    if (setting) {
      if (name === undefined) {
        yield* stderr.write('Too few arguments.\n');
        return 1;
      }
      if (sys.credentials().euid !== 0) {
        yield* stderr.write('Could not set static hostname: Access denied\n');
        return 1;
      }
      if (!/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(name) || name.length > 64) {
        yield* stderr.write(`Could not set static hostname: Invalid static hostname '${name}'\n`);
        return 1;
      }
      if (!opts.transient) yield* writeFile(sys, '/etc/hostname', `${name}\n`, 0o644);
      sys.sethostname(name);
      return 0;
    }
    if (verb === 'hostname' || opts.static || opts.transient) {
      yield* stdout.write(`${sys.uname().nodename}\n`);
      return 0;
    }
    if (verb !== 'status') {
      yield* stderr.write(`Unknown command verb '${verb}'.\n`);
      return 1;
    }
    const rows: [string, string][] = [
      ['Static hostname', (yield* text(sys, '/etc/hostname')).trim() || sys.uname().nodename],
      ['Icon name', 'computer-vm'],
      ['Chassis', 'vm'],
      ['Machine ID', yield* machineId(sys)],
      ['Boot ID', yield* bootId(sys)],
      ['Virtualization', 'kvm'],
      ['Operating System', /^PRETTY_NAME="?(.*?)"?$/m.exec(yield* text(sys, '/etc/os-release'))?.[1] ?? 'Linux'],
      ['Kernel', `Linux ${sys.uname().release}`],
      ['Architecture', 'x86-64'],
    ];
    for (const [label, value] of rows) yield* stdout.write(`${label.padStart(16)}: ${value}\n`);
    return 0;
  },
});

function* text(sys: Sys, path: string): Wait<string> {
  const bytes = yield* readFile(sys, path);
  return typeof bytes === 'number' ? '' : decode(bytes);
}
