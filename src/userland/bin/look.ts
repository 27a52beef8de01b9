import { eachInput } from '../../libc/input.ts';
import { program } from '../../libc/program.ts';

/** Where word lists are. */
const DICTIONARY = '/usr/share/dict/words';
const ALTERNATIVE = '/usr/share/dict/web2';

export default program({
  name: 'look',
  at: ['/usr/bin/look'],
  style: 'util-linux',
  spec: 'util-linux 2.39 look(1); every line is read, so that files need not be sorted',
  version: 'from util-linux 2.39.3',
  usage: '[options] <string> [<file>...]',
  about: 'Display lines beginning with a specified string.',
  options: {
    alternative: { short: 'a', help: 'use the alternative dictionary' },
    alphanum: { short: 'd', help: 'compare only blanks and alphanumeric characters' },
    ignoreCase: { short: 'f', help: 'ignore case differences when comparing' },
    terminate: { short: 't', arg: 'char', help: 'define the string-termination character' },
  },
  *main(ctx) {
    const { opts } = ctx;
    const [word, file] = ctx.args;
    if (word === undefined || ctx.args.length > 2) return yield* ctx.usage('bad usage');
    const fromDictionary = file === undefined;
    const fold = opts.ignoreCase || fromDictionary;
    const alphanumeric = opts.alphanum || fromDictionary;
    const key = (text: string): string => {
      const kept = alphanumeric ? text.replace(/[^a-zA-Z0-9 \t]/g, '') : text;
      return fold ? kept.toLowerCase() : kept;
    };
    const end = opts.terminate === undefined ? -1 : word.indexOf(opts.terminate);
    const wanted = key(end < 0 ? word : word.slice(0, end + 1));
    let any = false;
    const path = file ?? (opts.alternative ? ALTERNATIVE : (ctx.env.get('WORDLIST') ?? DICTIONARY));
    const failed = yield* eachInput(ctx, [path], function* (input) {
      for (let line: string | undefined; (line = yield* input.line()) !== undefined; ) {
        if (!key(line).startsWith(wanted)) continue;
        any = true;
        yield* ctx.stdout.write(`${line}\n`);
        if (ctx.sys.tick()) yield;
      }
    });
    return failed !== 0 || !any ? 1 : 0;
  },
});
