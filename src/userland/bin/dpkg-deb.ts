import { loadHash } from '../../lib/hash.ts';
import { program } from '../../libc/program.ts';
import { dpkgMain } from '../pkg/deb/dpkg-main.ts';

export default (async () => {
  const md5 = await loadHash('md5');
  return program({
    name: 'dpkg-deb',
    at: ['/usr/bin/dpkg-deb'],
    spec: 'dpkg 1.22.6 dpkg-deb(1): archives with gzip members and uncompressed ones; one architecture',
    usage: '[<option>...] <command>',
    about: 'Make and unpack Debian archives.',
    options: {},
    raw: true,
    *main(ctx) {
      return yield* dpkgMain(ctx, 'dpkg-deb', md5);
    },
  });
})();
