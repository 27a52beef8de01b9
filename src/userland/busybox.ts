import type { Entry, Program, Sys } from '../abi/sys.ts';
import { writeAll } from '../libc/io.ts';

/**
 * The multi-call binary: argv[0]'s last component names the applet, or, called as busybox, argv[1] does.
 * @param applets entry of each applet by name
 */
export function busybox(applets: ReadonlyMap<string, Entry>): Entry {
  return (sys) => run(sys, applets);
}

function* run(sys: Sys, applets: ReadonlyMap<string, Entry>): Program {
  const called = (sys.argv[0] ?? 'busybox').replace(/^-/, '');
  const name = called.slice(called.lastIndexOf('/') + 1);
  if (!name.startsWith('busybox')) return yield* start(sys, name, applets);
  const [, first, ...rest] = sys.argv;
  if (first === undefined || first === '--help') {
    yield* writeAll(sys, 1, banner(sys, applets));
    return 0;
  }
  if (first === '--list') {
    yield* writeAll(sys, 1, `${[...applets.keys()].sort().join('\n')}\n`);
    return 0;
  }
  return yield* start(withArguments(sys, [first, ...rest]), first.slice(first.lastIndexOf('/') + 1), applets);
}

/** The same process with other arguments: every call goes to `sys` itself, which has private state. */
function withArguments(sys: Sys, argv: readonly string[]): Sys {
  const calls = new Map<PropertyKey, unknown>([['argv', argv]]);
  return new Proxy(sys, {
    get(_, name) {
      if (calls.has(name)) return calls.get(name);
      const value: unknown = Reflect.get(sys, name, sys);
      if (typeof value !== 'function') return value;
      const bound: unknown = value.bind(sys);
      calls.set(name, bound);
      return bound;
    },
  });
}

function* start(sys: Sys, name: string, applets: ReadonlyMap<string, Entry>): Program {
  const entry = applets.get(name);
  if (entry) return yield* entry(sys);
  yield* writeAll(sys, 2, `${name}: applet not found\n`);
  return 127;
}

function banner(sys: Sys, applets: ReadonlyMap<string, Entry>): string {
  const names = [...applets.keys()].sort();
  let lines = '';
  let line = '\t';
  for (const [at, name] of names.entries()) {
    const word = at + 1 < names.length ? `${name}, ` : name;
    if (line.length + word.length > 70) {
      lines += `${line.trimEnd()}\n`;
      line = '\t';
    }
    line += word;
  }
  return `BusyBox ${sys.image.version} multi-call binary.\n\nUsage: busybox [function [arguments]...]\n   or: busybox --list\n   or: function [arguments]...\n\n\tOne binary that holds many small programs; called by the name of one\n\tof them, it is that program.\n\nCurrently defined functions:\n${lines}${line}\n`;
}
