import { SIGNAL_NAMES, SIGTERM, signalNumber } from '../../abi/signal.ts';
import { program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';
import { signalName } from '../sh/exec/signal-words.ts';

export default program({
  name: 'kill',
  at: ['/usr/bin/kill'],
  spec: 'procps-ng 4.0.4 kill(1)',
  version: 'from procps-ng 4.0.4',
  soleHelp: 0,
  usage: '[options] <pid> [...]',
  about: 'Send a signal to processes.',
  options: {},
  raw: true,
  busybox: {
    at: '/bin/kill',
    usage: '[-l] [-SIG] PID...',
    help: 'Send a signal (default: TERM) to given PIDs\n\n\t-l\tList all signal names and numbers\n',
  },
  *main(ctx) {
    const words = [...ctx.args];
    let signal = SIGTERM;
    const first = words[0];
    if (first === '-l' || first === '-L' || first === '--list' || first === '--table')
      return yield* list(words.slice(1), first, ctx.form, ctx.stdout);
    const bad = (name: string): string =>
      ctx.form === 'gnu' ? `unknown signal name ${name}` : `bad signal name '${name}'`;
    if (first === '-s' || first === '-n' || first === '--signal') {
      const n = signalNumber(words[1] ?? '');
      if (n === undefined) return yield* ctx.die(bad(words[1] ?? ''));
      signal = n;
      words.splice(0, 2);
    } else if (first !== undefined && /^-./.test(first) && first !== '--') {
      const n = signalNumber(first.slice(1));
      if (n === undefined) return yield* ctx.die(bad(first.slice(1)));
      signal = n;
      words.shift();
    }
    if (words[0] === '--') words.shift();
    if (words.length === 0) {
      if (ctx.form === 'busybox') return yield* ctx.die('you need to specify whom to kill');
      yield* ctx.stderr.write(
        `\nUsage:\n kill [options] <pid> [...]\n\nOptions:\n <pid> [...]            send signal to every <pid> listed\n -<signal>, -s, --signal <signal>\n                        specify the <signal> to be sent\n -q, --queue <value>    integer value to be sent with the signal\n -l, --list=[<signal>]  list all signal names, or convert one to a name\n -L, --table            list all signal names in a nice table\n\n -h, --help     display this help and exit\n -V, --version  output version information and exit\n\nFor more details see kill(1).\n`,
      );
      return 1;
    }
    let status = 0;
    for (const word of words) {
      if (!/^-?\d+$/.test(word)) {
        yield* ctx.warn(
          ctx.form === 'gnu' ? `failed to parse argument: ${localeQuote(word)}` : `invalid number '${word}'`,
        );
        status = 1;
        continue;
      }
      const r = ctx.sys.kill(Number(word), signal);
      if (r === 0) continue;
      yield* ctx.warn(
        ctx.form === 'gnu' ? `(${word}): ${ctx.strerror(r)}` : `can't kill pid ${word}: ${ctx.strerror(r)}`,
      );
      status = 1;
    }
    return status;
  },
});

function* list(
  words: readonly string[],
  how: string,
  form: 'gnu' | 'busybox',
  stdout: { write(text: string): Generator<void, void, void> },
): Generator<void, number, void> {
  let status = 0;
  for (const word of words) {
    const n = signalNumber(word);
    if (n === undefined) status = 1;
    else yield* stdout.write(`${/^\d+$/.test(word) ? signalName(n > 128 ? n - 128 : n) : n}\n`);
  }
  if (words.length > 0) return status;
  if (form === 'busybox') {
    for (let n = 1; n < SIGNAL_NAMES.length; n++) yield* stdout.write(`${String(n).padStart(2)}) ${SIGNAL_NAMES[n]}\n`);
    return 0;
  }
  const names = SIGNAL_NAMES.slice(1);
  if (how === '-L' || how === '--table') {
    for (const [i, name] of names.entries())
      yield* stdout.write(
        `${String(i + 1).padStart(2)} ${name.padEnd(8)}${i % 7 === 6 || i === names.length - 1 ? '\n' : ' '}`,
      );
    return 0;
  }
  yield* stdout.write(`${names.join(' ')}\n`);
  return 0;
}
