import { encodingOf } from '../../libc/locale.ts';
import { listDir } from '../../libc/paths.ts';
import { program } from '../../libc/program.ts';

const CATEGORIES =
  'LC_CTYPE LC_NUMERIC LC_TIME LC_COLLATE LC_MONETARY LC_MESSAGES LC_PAPER LC_NAME LC_ADDRESS LC_TELEPHONE LC_MEASUREMENT LC_IDENTIFICATION'.split(
    ' ',
  );
const LOCALES = ['C', 'C.utf8', 'POSIX'];
const CHARMAPS = ['ANSI_X3.4-1968', 'ISO-8859-1', 'UTF-8'];

export default program({
  name: 'locale',
  at: ['/usr/bin/locale'],
  spec: 'glibc 2.39 locale(1): the settings, -a, -m, charmap; of what an archive of locales holds -a lists nothing',
  version: '(Ubuntu GLIBC 2.39-0ubuntu8.6) 2.39',
  usage: '[OPTION...] NAME\n  or:  locale [OPTION...] [-a|-m]',
  about: 'Get locale-specific information.',
  options: {
    allLocales: { short: 'a', help: 'Write names of available locales' },
    charmaps: { short: 'm', help: 'Write names of available charmaps' },
    categoryName: { short: 'c', help: 'Write names of selected categories' },
    keywordName: { short: 'k', help: 'Write names of selected keywords' },
  },
  *main({ sys, opts, args, env, stdout, stderr, name }) {
    if (opts.allLocales) {
      const added = listDir(sys, '/usr/lib/locale');
      const folders = typeof added === 'number' ? [] : added.filter((folder) => folder !== 'locale-archive');
      yield* stdout.write(`${[...new Set([...LOCALES, ...folders])].sort().join('\n')}\n`);
      return 0;
    }
    if (opts.charmaps) {
      yield* stdout.write(`${CHARMAPS.join('\n')}\n`);
      return 0;
    }
    const lang = env.get('LANG') ?? '';
    const all = env.get('LC_ALL') ?? '';
    const of = (category: string): string => all || env.get(category) || lang || 'POSIX';
    if (args.length > 0) {
      for (const word of args) {
        if (word === 'charmap') {
          const value = /utf-?8/i.test(of('LC_CTYPE')) ? 'UTF-8' : 'ANSI_X3.4-1968';
          yield* stdout.write(opts.keywordName ? `charmap="${value}"\n` : `${value}\n`);
        } else {
          yield* stderr.write(`${name}: unknown name "${word}"\n`);
          return 1;
        }
      }
      return 0;
    }
    for (const [category, what] of [
      ['LC_CTYPE', of('LC_CTYPE')],
      ['LC_MESSAGES', of('LC_MESSAGES')],
    ] as const)
      if (encodingOf(sys, what) === undefined)
        yield* stderr.write(`${name}: Cannot set ${category} to default locale: No such file or directory\n`);
    if (encodingOf(sys, all || lang) === undefined)
      yield* stderr.write(`${name}: Cannot set LC_ALL to default locale: No such file or directory\n`);
    yield* stdout.write(`LANG=${lang}\n`);
    yield* stdout.write(`LANGUAGE=${env.get('LANGUAGE') ?? ''}\n`);
    for (const category of CATEGORIES) {
      const own = env.get(category);
      yield* stdout.write(
        own !== undefined && own !== '' && all === '' ? `${category}=${own}\n` : `${category}="${of(category)}"\n`,
      );
    }
    yield* stdout.write(`LC_ALL=${all}\n`);
    return 0;
  },
});
