import { O_RDONLY } from '../../../abi/flags.ts';
import { isDirectory, Stat } from '../../../abi/stat.ts';
import { open, type Wait } from '../../../libc/io.ts';
import type { Builtin, Interpreter } from '../exec/interpreter.ts';
import { openError } from '../exec/redirect.ts';
import type { Shell } from '../state/shell.ts';
import { ExitUnwind } from '../state/unwind.ts';
import { specialError } from './flow.ts';
import { builtinOptions } from './options.ts';

function sourceBuiltin(name: string): Builtin {
  return {
    special: name === '.',
    synopsis: `${name} filename [arguments]`,
    run: (ip, argv) => sourceFile(ip, argv),
  };
}
export const dot = sourceBuiltin('.');
export const source = sourceBuiltin('source');

function* sourceFile(ip: Interpreter, argv: string[]): Wait<number> {
  const { shell } = ip;
  let at = argv[1] === '--' ? 2 : 1;
  if (shell.bash) {
    const options = builtinOptions(shell, argv, '', `${argv[0]} filename [arguments]`);
    if (!options) return 2;
    at = options.at;
  }
  const words = argv.slice(at);
  const name = words[0];
  if (name === undefined) {
    if (shell.bash) {
      shell.builtinError('filename argument required');
      shell.queue.put(2, `${shell.running}: usage: ${shell.running} filename [arguments]\n`);
      return 2;
    }
    return 2;
  }
  const path = findSource(shell, name);
  if (path === undefined) {
    if (shell.bash) {
      shell.builtinError(`${name}: file not found`);
      return 1;
    }
    shell.builtinError(shell.personality === 'dash' ? `${name}: not found` : `${name}: not found`);
    return specialError(shell);
  }
  const st = new Stat();
  const fd = yield* open(shell.sys, path, O_RDONLY);
  if (fd < 0) {
    if (shell.bash) {
      shell.error(`${name}: ${shell.strerror(fd)}`);
      if (shell.options.posix && !shell.interactive) throw new ExitUnwind(1, true);
      return 1;
    }
    shell.builtinError(
      shell.personality === 'dash' ? openError(shell, name, fd, false) : `can't open '${name}': ${shell.strerror(fd)}`,
    );
    return specialError(shell);
  }
  if (shell.sys.fstat(fd, st) === 0 && isDirectory(st.mode)) {
    shell.sys.close(fd);
    shell.builtinError(`${name}: is a directory`);
    return 1;
  }
  const text = yield* ip.readAllText(fd);
  const { params } = shell;
  const own = words.slice(1);
  const { running } = shell;
  if (own.length > 0) shell.params = own;
  shell.running = shell.bash ? '' : path;
  const given = shell.params;
  try {
    return yield* ip.sourceText(text, shell.bash ? path : shell.name);
  } finally {
    shell.running = running;
    if (own.length > 0 && (shell.params === given || !shell.bash)) shell.params = params;
    else if (own.length > 0) shell.params = params;
  }
}

function findSource(shell: Shell, name: string): string | undefined {
  if (name.includes('/')) return name;
  const st = new Stat();
  if (!shell.bash || shell.shopts.sourcepath) {
    for (const dir of (shell.vars.get('PATH') ?? '').split(':')) {
      const full = dir === '' ? `./${name}` : `${dir}/${name}`;
      if (shell.sys.stat(full, st) === 0 && !isDirectory(st.mode)) return full;
    }
  }
  if (shell.personality === 'dash') return undefined;
  if (shell.bash && shell.options.posix) return undefined;
  if (shell.personality === 'ash') return shell.sys.stat(name, st) === 0 ? name : undefined;
  return name;
}
