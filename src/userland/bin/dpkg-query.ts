import { loadHash } from '../../lib/hash.ts';
import { program } from '../../libc/program.ts';
import { dpkgMain } from '../pkg/deb/dpkg-main.ts';

export default (async () => {
  const md5 = await loadHash('md5');
  return program({
    name: 'dpkg-query',
    at: ['/usr/bin/dpkg-query'],
    spec: 'dpkg 1.22.6 dpkg-query(1): archives with gzip members and uncompressed ones; one architecture',
    usage: '[<option>...] <command>',
    about: 'Query the dpkg database.',
    options: {},
    raw: true,
    *main(ctx) {
      return yield* dpkgMain(ctx, 'dpkg-query', md5);
    },
  });
})();
