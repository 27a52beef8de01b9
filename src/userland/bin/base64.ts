import { BASE_OPTIONS, BASE64, runBaseProgram } from '../../libc/base-program.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'base64',
  at: ['/usr/bin/base64'],
  spec: 'GNU coreutils 9.4 base64(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]',
  about: 'Base64 encode or decode FILE, or standard input, to standard output.',
  options: BASE_OPTIONS,
  busybox: {
    at: '/bin/base64',
    long: [],
    usage: '[-d] [-w COL] [FILE]',
    help: 'Base64 encode or decode FILE to standard output\n\n\t-d\tDecode data\n\t-w COL\tWrap lines at COL (default 76, 0 disables)\n',
  },
  *main(ctx) {
    return yield* runBaseProgram(ctx, BASE64);
  },
});
