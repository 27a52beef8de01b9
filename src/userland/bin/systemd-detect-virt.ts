import { program } from '../../libc/program.ts';

export default program({
  name: 'systemd-detect-virt',
  at: ['/usr/bin/systemd-detect-virt'],
  spec: 'systemd 255 systemd-detect-virt(1)',
  version: '255 (255.4-1ubuntu8.10)',
  usage: '[OPTIONS...]',
  about: 'Detect execution in a virtualized environment.',
  options: {
    container: { short: 'c', help: 'Only detect whether we are run in a container' },
    vm: { short: 'v', help: 'Only detect whether we are run in a VM' },
    quiet: { short: 'q', help: "Don't output anything, just set return value" },
  },
  *main({ sys, opts, stdout }) {
    const docker = sys.access('/.dockerenv', 0) === 0;
    const found = docker && !opts.vm ? 'docker' : opts.container ? 'none' : 'kvm';
    if (!opts.quiet) yield* stdout.write(`${found}\n`);
    return found === 'none' ? 1 : 0;
  },
});
