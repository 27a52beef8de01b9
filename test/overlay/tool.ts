import * as errno from '../../src/abi/errno.ts';
import { S_IFMT, type Stat, Stat as StatClass } from '../../src/abi/stat.ts';
import { lstat, stat, type VfsContext } from '../../src/vfs/index.ts';

const WORDS: Record<number, string> = {
  [errno.EPERM]: 'Operation not permitted',
  [errno.ENOENT]: 'No such file or directory',
  [errno.EBADF]: 'Bad file descriptor',
  [errno.EACCES]: 'Permission denied',
  [errno.EBUSY]: 'Device or resource busy',
  [errno.EEXIST]: 'File exists',
  [errno.EXDEV]: 'Invalid cross-device link',
  [errno.ENOTDIR]: 'Not a directory',
  [errno.EISDIR]: 'Is a directory',
  [errno.EINVAL]: 'Invalid argument',
  [errno.EROFS]: 'Read-only file system',
  [errno.ENOTEMPTY]: 'Directory not empty',
  [errno.ELOOP]: 'Too many levels of symbolic links',
};

export const words = (status: number): string => WORDS[-status] ?? `error ${-status}`;

/** One command of the test's shell: what it prints, and whether it failed. */
export class Tool {
  readonly ctx: VfsContext;
  readonly name: string;
  out = '';
  status = 0;

  constructor(ctx: VfsContext, name: string) {
    this.ctx = ctx;
    this.name = name;
  }

  /** Complains in the program's name. @returns false */
  fail(text: string, code?: number): false {
    this.out += `${this.name}: ${text}${code === undefined ? '' : `: ${words(code)}`}\n`;
    this.status = 1;
    return false;
  }

  lstat(path: string): Stat | number {
    const st = new StatClass();
    const status = lstat(this.ctx, path, st);
    return status < 0 ? status : st;
  }

  stat(path: string): Stat | number {
    const st = new StatClass();
    const status = stat(this.ctx, path, st);
    return status < 0 ? status : st;
  }

  /** Is it a directory (through links)? */
  isDirectory(path: string): boolean {
    const st = this.stat(path);
    return typeof st !== 'number' && (st.mode & S_IFMT) === 0o040000;
  }
}

export const typeOf = (st: Stat): number => st.mode & S_IFMT;
export const sameInode = (a: Stat, b: Stat): boolean => a.ino === b.ino && a.dev === b.dev;
export const baseName = (path: string): string => path.replace(/\/+$/, '').replace(/.*\//, '');
export const dirName = (path: string): string => (path.includes('/') ? path.replace(/\/[^/]*$/, '') || '/' : '.');
export const join = (dir: string, name: string): string => `${dir.replace(/\/+$/, '')}/${name}`;

/** Do both name the same entry of the same directory? */
export function sameEntry(tool: Tool, a: string, b: string): boolean {
  if (baseName(a) !== baseName(b)) return false;
  const one = tool.stat(dirName(a));
  const other = tool.stat(dirName(b));
  return typeof one !== 'number' && typeof other !== 'number' && sameInode(one, other);
}
