import { program } from '../../libc/program.ts';

/** Escapes that -e takes. */
const unescape = (text: string): string =>
  text.replace(
    /\\([abfnrtv\\]|[0-7]{1,3})/g,
    (_, c: string) =>
      ({ a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\' })[c] ??
      String.fromCharCode(Number.parseInt(c, 8)),
  );

export default program({
  name: 'gettext',
  at: ['/usr/bin/gettext'],
  spec: 'GNU gettext 0.21 gettext(1) in the C locale, where a message is its own translation',
  usage: '[OPTION] [[TEXTDOMAIN] MSGID]\nor:    gettext [OPTION] -s [MSGID]...',
  about: 'Display native language translation of a textual message.',
  version: '(GNU gettext-runtime) 0.21',
  options: {
    domain: { short: 'd', arg: 'TEXTDOMAIN', help: 'retrieve translated messages from TEXTDOMAIN' },
    context: { short: 'c', arg: 'CONTEXT', help: 'specify context for MSGID' },
    escapes: { short: 'e', long: false, help: 'enable expansion of some escape sequences' },
    noNewline: { short: 'n', long: false, help: 'suppress trailing newline' },
    echo: { short: 's', long: false, help: 'behave like echo' },
  },
  *main({ args, opts, stdout, die }) {
    const show = (text: string): string => (opts.escapes ? unescape(text) : text);
    if (opts.echo) {
      yield* stdout.write(args.map(show).join(' ') + (opts.noNewline ? '' : '\n'));
      return 0;
    }
    if (args.length === 0) return yield* die('missing arguments');
    if (args.length > 2) return yield* die('too many arguments');
    yield* stdout.write(show(args.at(-1)!));
    return 0;
  },
});
