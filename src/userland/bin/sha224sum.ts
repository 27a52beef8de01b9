import { loadHash } from '../../lib/hash.ts';
import { digestProgram } from '../../libc/digest-program.ts';

const spec = {
  name: 'sha224sum',
  algorithm: 'SHA224',
};

export default loadHash('sha224').then((hash) => digestProgram(hash, spec));
