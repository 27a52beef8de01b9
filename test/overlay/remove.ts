import { ENOENT, ENOTDIR } from '../../src/abi/errno.ts';
import { O_RDONLY } from '../../src/abi/flags.ts';
import { S_IFDIR } from '../../src/abi/stat.ts';
import { closeFile, open, rmdir, unlink } from '../../src/vfs/index.ts';
import { join, type Tool, typeOf } from './tool.ts';

/** rm -r of one file. @param force a missing one is no error */
export function removeTree(tool: Tool, path: string, force: boolean): void {
  const st = tool.lstat(path);
  if (typeof st === 'number') {
    if (!(force && (st === -ENOENT || st === -ENOTDIR))) tool.fail(`cannot remove '${path}'`, st);
    return;
  }
  if (typeOf(st) !== S_IFDIR) {
    const status = unlink(tool.ctx, path);
    if (status < 0) tool.fail(`cannot remove '${path}'`, status);
    return;
  }
  const dir = open(tool.ctx, path, O_RDONLY);
  if (typeof dir === 'number') {
    tool.fail(`cannot remove '${path}'`, dir);
    return;
  }
  const entries = dir.getdents(tool.ctx);
  closeFile(tool.ctx, dir);
  if (typeof entries !== 'number') for (const { name } of entries.slice(2)) removeTree(tool, join(path, name), force);
  const status = rmdir(tool.ctx, path);
  if (status < 0) tool.fail(`cannot remove '${path}'`, status);
}

/** rm without -r. */
export function removeFile(tool: Tool, path: string, force: boolean): void {
  const st = tool.lstat(path);
  if (typeof st !== 'number' && typeOf(st) === S_IFDIR) {
    tool.fail(`cannot remove '${path}': Is a directory`);
    return;
  }
  removeTree(tool, path, force);
}
