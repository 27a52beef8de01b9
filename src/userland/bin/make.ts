import { program } from '../../libc/program.ts';
import { MAKE_OPTIONS, makeMain } from '../make/main.ts';

export default program({
  name: 'make',
  at: ['/usr/bin/make'],
  spec: 'GNU make 4.3; without archives, vpath, secondary expansion, load, remaking of makefiles, -d -p -l -o -W',
  usage: '[options] [target] ...',
  about: 'GNU make utility to maintain groups of programs.',
  options: MAKE_OPTIONS,
  raw: true,
  *main(ctx) {
    return yield* makeMain(ctx as never);
  },
});
