import { loadHash } from '../../lib/hash.ts';
import { digestProgram } from '../../libc/digest-program.ts';

const spec = {
  name: 'md5sum',
  algorithm: 'MD5',
  busybox: {
    at: '/usr/bin/md5sum',
    long: [],
    usage: '[-c[sw]] [FILE]...',
    help: "Print or check MD5 checksums\n\n\t-c\tCheck sums against list in FILEs\n\t-s\tDon't output anything, status code shows success\n\t-w\tWarn about improperly formatted checksum lines\n",
  },
};

export default loadHash('md5').then((hash) => digestProgram(hash, spec));
