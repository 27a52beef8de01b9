import { loadHash } from '../../lib/hash.ts';
import { digestProgram } from '../../libc/digest-program.ts';

const spec = {
  name: 'sha512sum',
  algorithm: 'SHA512',
  busybox: {
    at: '/usr/bin/sha512sum',
    long: [],
    usage: '[-c[sw]] [FILE]...',
    help: "Print or check SHA512 checksums\n\n\t-c\tCheck sums against list in FILEs\n\t-s\tDon't output anything, status code shows success\n\t-w\tWarn about improperly formatted checksum lines\n",
  },
};

export default loadHash('sha512').then((hash) => digestProgram(hash, spec));
