import { program } from '../../libc/program.ts';

export default program({
  name: 'true',
  at: ['/usr/bin/true'],
  spec: 'GNU coreutils 9.4 true(1)',
  soleHelp: 0,
  version: '(GNU coreutils) 9.4',
  usage: '[ignored command line arguments]',
  about: 'Exit with a status that means success.',
  options: {},
  raw: true,
  busybox: { at: '/bin/true', usage: '', help: 'Return an exit code of TRUE (0)\n' },
  *main() {
    return 0;
  },
});
