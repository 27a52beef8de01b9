import { loadHash } from '../../lib/hash.ts';
import { digestProgram } from '../../libc/digest-program.ts';

const spec = {
  name: 'b2sum',
  algorithm: 'BLAKE2b',
};

export default loadHash('blake2b').then((hash) => digestProgram(hash, spec));
