import { EEXIST, EINVAL, ENOENT, ENOTDIR } from '../../src/abi/errno.ts';
import { S_IFDIR } from '../../src/abi/stat.ts';
import { link, rename, symlink, unlink } from '../../src/vfs/index.ts';
import { baseName, dirName, join, sameEntry, sameInode, type Tool, typeOf } from './tool.ts';

export interface LinkOptions {
  symbolic: boolean;
  force: boolean;
  /** A link to a directory as target is a file. */
  noDereference: boolean;
}

/** ln SOURCE TARGET. */
export function linkOperand(tool: Tool, source: string, target: string, o: LinkOptions): void {
  const make = (to: string): number => (o.symbolic ? symlink(tool.ctx, source, to) : link(tool.ctx, source, to));
  let status = make(target);
  if (status >= 0) return;
  let to = target;
  if ([-EEXIST, -ENOTDIR, -EINVAL].includes(status) && isTargetDirectory(tool, target, o)) {
    to = join(target, baseName(source));
    status = make(to);
    if (status >= 0) return;
  }
  if (!o.symbolic) {
    const st = tool.lstat(source);
    if (typeof st === 'number') {
      tool.fail(`failed to access '${source}'`, st);
      return;
    }
    if (typeOf(st) === S_IFDIR) {
      tool.fail(`${source}: hard link not allowed for directory`);
      return;
    }
  }
  if (o.force) {
    const forced = overwrite(tool, source, to, o, make);
    if (forced === undefined) return;
    if (forced !== 0) status = forced;
  }
  if (status >= 0) return;
  if (o.symbolic) tool.fail(`failed to create symbolic link '${to}'`, status);
  else if (status === -EEXIST) tool.fail(`failed to create hard link '${to}'`, status);
  else tool.fail(`failed to create hard link '${to}' => '${source}'`, status);
}

function isTargetDirectory(tool: Tool, target: string, o: LinkOptions): boolean {
  if (!o.noDereference) return tool.isDirectory(target);
  const st = tool.lstat(target);
  return typeof st !== 'number' && typeOf(st) === S_IFDIR;
}

/** @returns undefined: done or reported; 0: as it was; -errno */
function overwrite(
  tool: Tool,
  source: string,
  to: string,
  o: LinkOptions,
  make: (to: string) => number,
): number | undefined {
  const there = tool.lstat(to);
  if (typeof there === 'number') {
    if (there === -ENOENT) return 0;
    tool.fail(`failed to access '${to}'`, there);
    return undefined;
  }
  if (typeOf(there) === S_IFDIR) {
    tool.fail(`${to}: cannot overwrite directory`);
    return undefined;
  }
  const from = o.symbolic ? tool.stat(source) : tool.lstat(source);
  if (typeof from !== 'number' && sameInode(from, there) && (from.nlink === 1 || sameEntry(tool, source, to))) {
    tool.fail(`'${source}' and '${to}' are the same file`);
    return undefined;
  }
  const temporary = join(dirName(to), '.Cutemp');
  const made = make(temporary);
  if (made < 0) return made;
  const moved = rename(tool.ctx, temporary, to);
  unlink(tool.ctx, temporary);
  return moved < 0 ? moved : undefined;
}
