import { program } from '../../libc/program.ts';

export default program({
  name: 'false',
  at: ['/usr/bin/false'],
  spec: 'GNU coreutils 9.4 false(1)',
  soleHelp: 1,
  version: '(GNU coreutils) 9.4',
  usage: '[ignored command line arguments]',
  about: 'Exit with a status that means failure.',
  options: {},
  raw: true,
  busybox: { at: '/bin/false', usage: '', help: 'Return an exit code of FALSE (1)\n' },
  *main() {
    return 1;
  },
});
