import { program } from '../../libc/program.ts';

/** `$NAME` and `${NAME}`; what the shell has beyond that stays as it is. */
const REFERENCE = /\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)\})/g;

export default program({
  name: 'envsubst',
  at: ['/usr/bin/envsubst'],
  spec: 'GNU gettext 0.21 envsubst(1)',
  usage: '[OPTION] [SHELL-FORMAT]',
  about: 'Substitutes the values of environment variables.',
  version: '(GNU gettext-runtime) 0.21',
  options: {
    variables: { short: 'v', help: 'output the variables occurring in SHELL-FORMAT' },
  },
  *main({ args, opts, env, stdin, stdout, die }) {
    if (args.length > 1) yield* die('too many arguments');
    const format = args[0];
    if (opts.variables) {
      if (format === undefined) yield* die('missing arguments');
      for (const name of namesIn(format!)) yield* stdout.write(`${name}\n`);
      return 0;
    }
    const wanted = format === undefined ? undefined : new Set(namesIn(format));
    for (let line; (line = yield* stdin.line()) !== undefined; ) {
      const text = line.replace(REFERENCE, (whole, plain?: string, braced?: string) => {
        const name = plain ?? braced!;
        return wanted && !wanted.has(name) ? whole : (env.get(name) ?? '');
      });
      yield* stdout.write(stdin.complete ? `${text}\n` : text);
    }
    return 0;
  },
});

const namesIn = (format: string): string[] => [...format.matchAll(REFERENCE)].map((match) => match[1] ?? match[2]!);
