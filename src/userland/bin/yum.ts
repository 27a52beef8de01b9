import { loadHash } from '../../lib/hash.ts';
import { program } from '../../libc/program.ts';
import { yumMain } from '../pkg/rpm/yum-commands.ts';

export default (async () => {
  const sha256 = await loadHash('sha256');
  return program({
    name: 'yum',
    at: ['/usr/bin/yum'],
    spec: 'yum 3.4.3 yum(8): one architecture; signatures of packages are not checked',
    usage: '[options] COMMAND',
    about: 'Install, update and remove packages.',
    options: {},
    raw: true,
    *main(ctx) {
      return yield* yumMain(ctx, sha256);
    },
  });
})();
