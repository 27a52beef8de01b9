import { program } from '../../libc/program.ts';

export default program({
  name: 'ngettext',
  at: ['/usr/bin/ngettext'],
  spec: 'GNU gettext 0.21 ngettext(1) in the C locale',
  usage: '[OPTION] [TEXTDOMAIN] MSGID MSGID-PLURAL COUNT',
  about: 'Display native language translation of a textual message whose grammatical form depends on a number.',
  version: '(GNU gettext-runtime) 0.21',
  options: {
    domain: { short: 'd', arg: 'TEXTDOMAIN', help: 'retrieve translated message from TEXTDOMAIN' },
    context: { short: 'c', arg: 'CONTEXT', help: 'specify context for MSGID' },
    escapes: { short: 'e', long: false, help: 'enable expansion of some escape sequences' },
  },
  *main({ args, stdout, die }) {
    if (args.length < 3) return yield* die('missing arguments');
    const [one, many, count] = args.slice(-3) as [string, string, string];
    yield* stdout.write(count === '1' ? one : many);
    return 0;
  },
});
