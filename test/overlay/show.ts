import { O_RDONLY } from '../../src/abi/flags.ts';
import { S_IFDIR, S_IFLNK, S_IFREG } from '../../src/abi/stat.ts';
import { decode } from '../../src/lib/utf8.ts';
import { closeFile, type OpenFile, open, readlink } from '../../src/vfs/index.ts';
import { join, type Tool, typeOf, words } from './tool.ts';

export function readAll(tool: Tool, file: OpenFile): string | number {
  let text = '';
  const buf = new Uint8Array(65536);
  for (;;) {
    const n = file.read(tool.ctx, buf);
    if (n < 0) return n;
    if (n === 0) return text;
    text += decode(buf, 0, n);
  }
}

export function cat(tool: Tool, path: string): void {
  const file = open(tool.ctx, path, O_RDONLY);
  if (typeof file === 'number') {
    tool.fail(path, file);
    return;
  }
  catFile(tool, path, file);
  closeFile(tool.ctx, file);
}

export function catFile(tool: Tool, name: string, file: OpenFile): void {
  const text = readAll(tool, file);
  if (typeof text === 'number') tool.fail(name, text);
  else tool.out += text;
}

export function names(tool: Tool, path: string): string[] {
  const dir = open(tool.ctx, path, O_RDONLY);
  if (typeof dir === 'number') return [];
  const entries = dir.getdents(tool.ctx);
  closeFile(tool.ctx, dir);
  if (typeof entries === 'number') return [];
  return entries
    .slice(2)
    .map((e) => e.name)
    .sort();
}

export function ls(tool: Tool, path: string): void {
  let st = tool.stat(path);
  if (typeof st === 'number') st = tool.lstat(path);
  if (typeof st === 'number') {
    tool.fail(`cannot access '${path}'`, st);
    tool.status = 2;
    return;
  }
  tool.out +=
    typeOf(st) === S_IFDIR
      ? names(tool, path)
          .map((n) => `${n}\n`)
          .join('')
      : `${path}\n`;
}

/** find PATH -type f. */
export function findFiles(tool: Tool, path: string, found: string[]): void {
  const st = tool.lstat(path);
  if (typeof st === 'number') {
    found.push(`find: '${path}': ${words(st)}`);
    return;
  }
  if (typeOf(st) === S_IFREG) found.push(path);
  if (typeOf(st) === S_IFDIR) for (const name of names(tool, path)) findFiles(tool, join(path, name), found);
}

export function showLink(tool: Tool, path: string): void {
  const text = readlink(tool.ctx, path);
  if (typeof text === 'number') tool.status = 1;
  else tool.out += `${text}\n`;
}

/** stat -c '%F %a %u:%g %h'. */
export function showStat(tool: Tool, path: string): void {
  const st = tool.lstat(path);
  if (typeof st === 'number') {
    tool.fail(`cannot statx '${path}'`, st);
    return;
  }
  const type = typeOf(st);
  const word =
    type === S_IFDIR
      ? 'directory'
      : type === S_IFLNK
        ? 'symbolic link'
        : st.size === 0
          ? 'regular empty file'
          : 'regular file';
  tool.out += `${word} ${(st.mode & 0o7777).toString(8)} ${st.uid}:${st.gid} ${st.nlink}\n`;
}
