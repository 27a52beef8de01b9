import { loadHash } from '../../lib/hash.ts';
import { program } from '../../libc/program.ts';
import { yumMain } from '../pkg/rpm/yum-commands.ts';

export default (async () => {
  const sha256 = await loadHash('sha256');
  return program({
    name: 'dnf',
    at: ['/usr/bin/dnf'],
    spec: 'dnf with the words of yum 3.4.3',
    usage: '[options] COMMAND',
    about: 'Install, update and remove packages.',
    options: {},
    raw: true,
    *main(ctx) {
      return yield* yumMain(ctx, sha256);
    },
  });
})();
