import type { Library } from '../../../abi/library.ts';
import { library, type Wait } from '../../../libc/io.ts';
import type { Arrays, Builtin, Interpreter } from '../exec/interpreter.ts';

/** A built-in of a file that is loaded when one of its built-ins is first called: a login gets by without it. */
export function later<Name extends string>(
  file: Library<Readonly<Record<Name, Builtin>>>,
  name: Name,
  flags: Pick<Builtin, 'special' | 'declaration' | 'keepsRedirections'> = {},
): Builtin {
  return {
    ...flags,
    run(ip, argv, arrays) {
      const held = ip.sys.dlopen(file);
      return typeof held === 'number' ? load(ip, argv, arrays) : held[name].run(ip, argv, arrays);
    },
    *whole(ip) {
      const held = yield* library(ip.sys, file);
      return typeof held === 'number' ? undefined : held[name];
    },
  };

  function* load(ip: Interpreter, argv: string[], arrays: Arrays): Wait<number> {
    const held = yield* library(ip.sys, file);
    if (typeof held === 'number') {
      ip.shell.builtinError(ip.shell.strerror(held));
      return 1;
    }
    const result = held[name].run(ip, argv, arrays);
    return typeof result === 'number' ? result : yield* result;
  }
}
