import { loadHash } from '../../lib/hash.ts';
import { program } from '../../libc/program.ts';
import { gitMain } from '../git/main.ts';

export default loadHash('sha1').then((sha1) =>
  program({
    name: 'git',
    at: ['/usr/bin/git'],
    spec: 'git 2.43: loose objects (no packs), index version 2, local and dumb HTTP transport; without rebase, bisect, submodules, hooks, signatures, attributes',
    version: 'version 2.43.0',
    usage: '[-v | --version] [-h | --help] [-C <path>] [-c <name>=<value>] <command> [<args>]',
    about: 'The stupid content tracker.',
    options: {},
    raw: true,
    *main(ctx) {
      return yield* gitMain(ctx, sha1);
    },
  }),
);
