import { ENOENT } from '../../src/abi/errno.ts';
import { O_RDONLY } from '../../src/abi/flags.ts';
import { S_IFDIR, S_IFLNK, type Stat } from '../../src/abi/stat.ts';
import { chmod, chown, closeFile, lchown, open } from '../../src/vfs/index.ts';
import { join, type Tool, typeOf } from './tool.ts';

function children(tool: Tool, path: string): string[] {
  const dir = open(tool.ctx, path, O_RDONLY);
  if (typeof dir === 'number') return [];
  const entries = dir.getdents(tool.ctx);
  closeFile(tool.ctx, dir);
  return typeof entries === 'number' ? [] : entries.slice(2).map((e) => join(path, e.name));
}

/** chmod of one operand. */
export function changeMode(tool: Tool, text: string, path: string, recursive: boolean): void {
  const st = tool.stat(path);
  if (typeof st === 'number') {
    const itself = tool.lstat(path);
    if (st === -ENOENT && typeof itself !== 'number') tool.fail(`cannot operate on dangling symlink '${path}'`);
    else tool.fail(`cannot access '${path}'`, st);
    return;
  }
  chmod(tool.ctx, path, adjusted(st, text));
  if (!recursive || typeOf(st) !== S_IFDIR) return;
  for (const child of children(tool, path)) {
    const below = tool.lstat(child);
    if (typeof below !== 'number' && typeOf(below) !== S_IFLNK) changeMode(tool, text, child, true);
  }
}

/** The mode that chmod's first argument makes of a file's. */
export function adjusted(st: Stat, text: string): number {
  const isDir = typeOf(st) === S_IFDIR;
  if (/^[0-7]+$/.test(text)) {
    const mode = Number.parseInt(text, 8);
    return isDir && text.length < 5 ? mode | (st.mode & 0o6000) : mode;
  }
  let mode = st.mode & 0o7777;
  for (const clause of text.split(',')) {
    const found = /^([ugoa]*)([-+=])([rwxX]*)$/.exec(clause);
    if (!found) throw new Error(`mode ${text}`);
    const [, who = '', op, what = ''] = found;
    let bits = 0;
    if (what.includes('r')) bits |= 0o444;
    if (what.includes('w')) bits |= 0o222;
    if (what.includes('x') || (what.includes('X') && (isDir || (mode & 0o111) !== 0))) bits |= 0o111;
    let mask = 0;
    if (who === '' || who.includes('a')) mask = 0o777;
    if (who.includes('u')) mask |= 0o700;
    if (who.includes('g')) mask |= 0o070;
    if (who.includes('o')) mask |= 0o007;
    mode = op === '-' ? mode & ~(bits & mask) : mode | (bits & mask);
  }
  return mode;
}

/** chown of one operand. */
export function changeOwner(tool: Tool, text: string, path: string, o: { recursive: boolean; links: boolean }): void {
  const [owner = '', group] = text.split(':');
  const uid = owner === '' ? -1 : Number(owner);
  const gid = group ? Number(group) : -1;
  const st = tool.lstat(path);
  if (typeof st === 'number') {
    tool.fail(`cannot access '${path}'`, st);
    return;
  }
  if (o.recursive && typeOf(st) === S_IFDIR)
    for (const child of children(tool, path)) changeOwner(tool, text, child, o);
  if (o.links || o.recursive) {
    lchown(tool.ctx, path, uid, gid);
    return;
  }
  const status = chown(tool.ctx, path, uid, gid);
  if (status < 0) tool.fail(`cannot dereference '${path}'`, status);
}
