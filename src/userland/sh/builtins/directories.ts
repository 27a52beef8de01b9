import { ENOENT, ENOTDIR } from '../../../abi/errno.ts';
import { isDirectory, Stat } from '../../../abi/stat.ts';
import { normalizePath } from '../../../libc/paths.ts';
import type { Builtin } from '../exec/interpreter.ts';
import type { Shell } from '../state/shell.ts';
import { EXPORT } from '../state/variable.ts';
import { builtinOptions } from './options.ts';

/**
 * Changes the working directory as cd does.
 * @param physical symbolic links are resolved
 * @returns 0 or -errno
 */
export function changeDirectory(shell: Shell, path: string, physical: boolean): number {
  const { sys } = shell;
  let target = path;
  let missing = 0;
  if (!physical) {
    const st = new Stat();
    const full = path.startsWith('/') ? path : `${shell.cwd === '/' ? '' : shell.cwd}/${path}`;
    // `..` takes a name off; what it takes off has to be a directory
    const parts = full.split('/');
    let prefix = '';
    for (let i = 1; i < parts.length; i++) {
      if (parts[i] === '..' && prefix !== '' && shell.bash) {
        if (sys.stat(normalizePath(prefix), st) < 0) missing = -ENOENT;
        else if (!isDirectory(st.mode)) missing = -ENOTDIR;
      }
      prefix += `/${parts[i]}`;
    }
    target = normalizePath(full);
    if (path.startsWith('//') && !path.startsWith('///')) target = `/${target}`;
  }
  const r = missing < 0 ? missing : sys.chdir(target);
  if (r < 0) {
    if (physical || path.startsWith('/')) return r;
    // the logical name may be gone while the directory is there
    const again = sys.chdir(path);
    if (again < 0) return r;
    const cwd = sys.getcwd();
    target = typeof cwd === 'string' ? cwd : target;
  }
  let now = target;
  if (physical) {
    const cwd = sys.getcwd();
    now = typeof cwd === 'string' ? cwd : target;
  }
  const old = shell.vars.get('PWD');
  shell.cwd = now;
  shell.vars.set('OLDPWD', old ?? '');
  shell.vars.set('PWD', now);
  if (shell.bash || shell.personality === 'ash') shell.vars.attributes('OLDPWD', EXPORT);
  return 0;
}

function wording(shell: Shell, path: string, errno: number): string {
  if (shell.bash) return `${path}: ${shell.strerror(errno)}`;
  if (shell.personality === 'dash') return `can't cd to ${path}`;
  return `can't cd to ${path}: ${shell.strerror(errno)}`;
}

export const cd: Builtin = {
  synopsis: 'cd [-L|[-P [-e]] [-@]] [dir]',
  run({ shell }, argv) {
    const options = builtinOptions(shell, argv, shell.bash ? 'LPe@' : 'LP', 'cd [-L|[-P [-e]] [-@]] [dir]');
    if (!options) return 2;
    const physical =
      (options.flags.findLast((f) => f === 'L' || f === 'P') ?? (shell.options.physical ? 'P' : 'L')) === 'P';
    const rest = argv.slice(options.at);
    if (rest.length > 1 && shell.bash) {
      shell.builtinError('too many arguments');
      return 1;
    }
    let path = rest[0];
    let print = false;
    if (path === undefined) {
      path = shell.vars.get('HOME');
      if (path === undefined || (path === '' && !shell.bash)) {
        if (!shell.bash) return 0;
        shell.builtinError('HOME not set');
        return 1;
      }
    } else if (path === '-') {
      const old = shell.vars.get('OLDPWD');
      if (old === undefined && shell.bash) {
        shell.builtinError('OLDPWD not set');
        return 1;
      }
      path = old ?? shell.cwd;
      print = true;
    }
    if (path === '' && shell.bash) return 0;
    if (path === '') path = '.';
    const cdpath = shell.vars.get('CDPATH');
    if (cdpath && !/^(\/|\.\.?(\/|$))/.test(path)) {
      for (const dir of cdpath.split(':')) {
        const full = dir === '' ? path : dir.endsWith('/') ? dir + path : `${dir}/${path}`;
        if (changeDirectory(shell, full, physical) === 0) {
          if (dir !== '' && dir !== '.') shell.print(`${shell.cwd}\n`);
          return 0;
        }
      }
    }
    const r = changeDirectory(shell, path, physical);
    if (r < 0) {
      shell.builtinError(wording(shell, path, r));
      return shell.bash ? 1 : 2;
    }
    if (print) shell.print(`${shell.cwd}\n`);
    return 0;
  },
};

export const pwd: Builtin = {
  synopsis: 'pwd [-LP]',
  run({ shell }, argv) {
    const options = builtinOptions(shell, argv, 'LP', 'pwd [-LP]');
    if (!options) return 2;
    if (options.flags.at(-1) === 'P' || (shell.options.physical && options.flags.length === 0) || shell.cwd === '') {
      const cwd = shell.sys.getcwd();
      if (typeof cwd === 'number') {
        shell.builtinError(
          `error retrieving current directory: getcwd: cannot access parent directories: ${shell.strerror(cwd)}`,
        );
        return 1;
      }
      shell.print(`${cwd}\n`);
      return 0;
    }
    shell.print(`${shell.cwd}\n`);
    return 0;
  },
};

// ---- the directory stack

function tilde(shell: Shell, path: string): string {
  const home = shell.vars.get('HOME');
  if (!home || home === '/') return path;
  return path === home ? '~' : path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function printStack(shell: Shell): void {
  shell.print(`${[shell.cwd, ...shell.dirStack].map((d) => tilde(shell, d)).join(' ')}\n`);
}

/** `+n` or `-n` as an index into the stack with the working directory; undefined where it is none. */
function stackIndex(word: string, size: number): number | undefined {
  const m = /^([-+])(\d+)$/.exec(word);
  if (!m) return undefined;
  return m[1] === '+' ? Number(m[2]) : size - 1 - Number(m[2]);
}

export const dirs: Builtin = {
  synopsis: 'dirs [-clpv] [+N] [-N]',
  run({ shell }, argv) {
    const stack = [shell.cwd, ...shell.dirStack];
    let long = false;
    let lines: 'p' | 'v' | undefined;
    for (const word of argv.slice(1)) {
      const index = stackIndex(word, stack.length);
      if (index !== undefined) {
        const dir = stack[index];
        if (dir === undefined) {
          shell.builtinError(`${word.slice(1)}: directory stack index out of range`);
          return 1;
        }
        shell.print(`${long ? dir : tilde(shell, dir)}\n`);
        return 0;
      }
      if (!/^-[clpv]+$/.test(word)) {
        shell.builtinError(`${word}: invalid option`);
        shell.queue.put(2, 'dirs: usage: dirs [-clpv] [+N] [-N]\n');
        return 2;
      }
      if (word.includes('c')) {
        shell.dirStack = [];
        return 0;
      }
      if (word.includes('l')) long = true;
      if (word.includes('p')) lines = 'p';
      if (word.includes('v')) lines = 'v';
    }
    const shown = stack.map((d) => (long ? d : tilde(shell, d)));
    if (lines === 'v') for (const [i, d] of shown.entries()) shell.print(`${String(i).padStart(2)}  ${d}\n`);
    else shell.print(`${shown.join(lines === 'p' ? '\n' : ' ')}\n`);
    return 0;
  },
};

export const pushd: Builtin = {
  synopsis: 'pushd [-n] [+N | -N | dir]',
  run({ shell }, argv) {
    const words = argv.slice(1);
    const stay = words[0] === '-n';
    if (stay) words.shift();
    if (words[0] === '--') words.shift();
    if (words.length > 1) {
      shell.builtinError('too many arguments');
      return 1;
    }
    const stack = [shell.cwd, ...shell.dirStack];
    const word = words[0];
    let next: string[];
    if (word === undefined) {
      if (stack.length < 2) {
        shell.builtinError('no other directory');
        return 1;
      }
      next = [stack[1]!, stack[0]!, ...stack.slice(2)];
    } else {
      const index = stackIndex(word, stack.length);
      if (index === undefined) {
        if (stay) next = [stack[0]!, word, ...stack.slice(1)];
        else next = [word, ...stack];
      } else {
        if (index < 0 || index >= stack.length) {
          shell.builtinError(`${word}: directory stack index out of range`);
          return 1;
        }
        next = [...stack.slice(index), ...stack.slice(0, index)];
      }
    }
    return goTo(shell, next, stay);
  },
};

function goTo(shell: Shell, next: readonly string[], stay: boolean): number {
  if (!stay) {
    const r = changeDirectory(shell, next[0]!, false);
    if (r < 0) {
      shell.builtinError(`${next[0]}: ${shell.strerror(r)}`);
      return 1;
    }
  }
  shell.dirStack = next.slice(1);
  printStack(shell);
  return 0;
}

export const popd: Builtin = {
  synopsis: 'popd [-n] [+N | -N]',
  run({ shell }, argv) {
    const words = argv.slice(1);
    const stay = words[0] === '-n';
    if (stay) words.shift();
    const stack = [shell.cwd, ...shell.dirStack];
    if (stack.length < 2) {
      shell.builtinError('directory stack empty');
      return 1;
    }
    const word = words[0];
    let index = stay ? 1 : 0;
    if (word !== undefined) {
      const given = stackIndex(word, stack.length);
      if (given === undefined) {
        shell.builtinError(`${word}: invalid argument`);
        shell.queue.put(2, 'popd: usage: popd [-n] [+N | -N]\n');
        return 2;
      }
      if (given < 0 || given >= stack.length) {
        shell.builtinError(`${word}: directory stack index out of range`);
        return 1;
      }
      index = given;
    }
    stack.splice(index, 1);
    return goTo(shell, stack, stay || index > 0);
  },
};
