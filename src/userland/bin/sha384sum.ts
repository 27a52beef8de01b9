import { loadHash } from '../../lib/hash.ts';
import { digestProgram } from '../../libc/digest-program.ts';

const spec = {
  name: 'sha384sum',
  algorithm: 'SHA384',
};

export default loadHash('sha384').then((hash) => digestProgram(hash, spec));
