import { program } from '../../libc/program.ts';
import { dumbInit } from '../init/process-one.ts';

export default program(dumbInit);
