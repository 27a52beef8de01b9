import { program } from '../../libc/program.ts';
import { tini } from '../init/process-one.ts';

export default program(tini);
