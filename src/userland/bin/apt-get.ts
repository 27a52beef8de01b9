import { loadHash } from '../../lib/hash.ts';
import { program } from '../../libc/program.ts';
import { aptMain } from '../pkg/apt/get.ts';

export default (async () => {
  const sha256 = await loadHash('sha256');
  return program({
    name: 'apt-get',
    at: ['/usr/bin/apt-get'],
    spec: 'apt 2.8.3 apt-get(8): binary packages of one architecture; no source packages, no pinning, no proxies',
    usage: '[options] command',
    about: 'Install and remove packages.',
    options: {},
    raw: true,
    *main(ctx) {
      return yield* aptMain(ctx, 'apt-get', sha256);
    },
  });
})();
