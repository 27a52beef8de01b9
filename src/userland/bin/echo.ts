import { program } from '../../libc/program.ts';
import { echoText } from '../sh/builtins/echo.ts';

export default program({
  name: 'echo',
  at: ['/usr/bin/echo'],
  spec: 'GNU coreutils 9.4 echo(1)',
  usage: '[SHORT-OPTION]... [STRING]...',
  about: 'Print the STRINGs on a line.',
  options: {},
  raw: true,
  busybox: { at: '/bin/echo', usage: '[-neE] [ARG]...', help: 'Print ARGs to stdout\n' },
  *main({ args, stdout }) {
    yield* stdout.write(echoText(args, { options: 'neE', escapes: false }));
    return 0;
  },
});
