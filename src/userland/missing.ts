import type { Entry } from '../abi/sys.ts';
import { writeAll } from '../libc/io.ts';

/** How programs are asked for their version: those of Go, Java, Node, Python, Ruby, PHP and their tools. */
const VERSION_QUESTIONS = ['--version', '-version', '-v', '-V', 'version'];

/**
 * The program behind an executable that nobody simulates: it says so in one line and exits with 127. Where the image knows
 * what its program says of its version, it answers that question; `\n` in the image's text begins a new line.
 */
export function missing(name: string): Entry {
  return function* (sys) {
    const {
      argv,
      image: { version },
    } = sys;
    if (version !== '' && argv.length === 2 && VERSION_QUESTIONS.includes(argv[1]!)) {
      yield* writeAll(sys, 1, `${version.replaceAll('\\n', '\n')}\n`);
      return 0;
    }
    yield* writeAll(sys, 2, `${name}: this program is not simulated in Drydock\n`);
    return 127;
  };
}
