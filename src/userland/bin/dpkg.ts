import { loadHash } from '../../lib/hash.ts';
import { program } from '../../libc/program.ts';
import { dpkgMain } from '../pkg/deb/dpkg-main.ts';

export default (async () => {
  const md5 = await loadHash('md5');
  return program({
    name: 'dpkg',
    at: ['/usr/bin/dpkg'],
    spec: 'dpkg 1.22.6 dpkg(1): archives with gzip members and uncompressed ones; one architecture',
    usage: '[<option>...] <command>',
    about: 'Install, remove and describe Debian packages.',
    options: {},
    raw: true,
    *main(ctx) {
      return yield* dpkgMain(ctx, 'dpkg', md5);
    },
  });
})();
