import { EEXIST } from '../abi/errno.ts';
import type { Entry, Program, Sys } from '../abi/sys.ts';
import { writeAll } from '../libc/io.ts';
import { strerror } from '../libc/strerror.ts';
import { appletPaths } from './busybox-applets.ts';
import { missing } from './missing.ts';

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
  if (first === undefined || (first === '--help' && rest.length === 0)) {
    yield* writeAll(sys, 1, banner(sys));
    return 0;
  }
  if (first === '--list' || first === '--list-full') {
    const paths = appletPaths(sys.image.version);
    yield* writeAll(sys, 1, `${[...(first === '--list' ? paths.keys() : paths.values())].join('\n')}\n`);
    return 0;
  }
  if (first === '--install') return yield* install(sys, rest);
  const applet = first === '--help' ? rest[0]! : first;
  const argv = first === '--help' ? [rest[0]!, '--help'] : [first, ...rest];
  return yield* start(withArguments(sys, argv), applet.slice(applet.lastIndexOf('/') + 1), applets);
}

/** `--install [-s] [DIR]`: a link for each applet, where it belongs or in DIR. */
function* install(sys: Sys, args: readonly string[]): Program {
  const symbolic = args[0] === '-s';
  const dir = args[symbolic ? 1 : 0];
  const self = sys.readlink('/proc/self/exe');
  const target = typeof self === 'string' ? self : '/bin/busybox';
  for (const [name, path] of appletPaths(sys.image.version)) {
    const to = dir === undefined ? `/${path}` : `${dir}/${name}`;
    const r = symbolic ? sys.symlink(target, to) : sys.link(target, to);
    if (r < 0 && r !== -EEXIST) yield* writeAll(sys, 2, `busybox: ${to}: ${strerror(-r, sys.image.flavour)}\n`);
    if (sys.tick()) yield;
  }
  return 0;
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
  const known = appletPaths(sys.image.version).has(name);
  const entry = applets.get(name);
  if (entry && known) return yield* entry(sys);
  if (known) return yield* missing(name)(sys);
  yield* writeAll(sys, 2, `${name}: applet not found\n`);
  return 127;
}

function banner(sys: Sys): string {
  const names = [...appletPaths(sys.image.version).keys()];
  let lines = '';
  let line = '\t';
  for (const [at, name] of names.entries()) {
    const word = at + 1 < names.length ? `${name}, ` : name;
    if (line.length + word.trimEnd().length > 72) {
      lines += `${line.trimEnd()}\n`;
      line = '\t';
    }
    line += word;
  }
  return `BusyBox ${sys.image.version} multi-call binary.\n\nUsage: busybox [function [arguments]...]\n   or: busybox --list[-full]\n   or: busybox --install [-s] [DIR]\n   or: function [arguments]...\n\n\tOne binary that holds many small programs; called by the name of one\n\tof them, it is that program. Its shell runs them without a search\n\tof PATH.\n\nCurrently defined functions:\n${lines}${line}\n`;
}
