import { EEXIST, EINVAL, ELOOP, ENOENT, EXDEV } from '../../src/abi/errno.ts';
import { O_CREAT, O_EXCL, O_RDONLY, O_TRUNC, O_WRONLY, RENAME_NOREPLACE } from '../../src/abi/flags.ts';
import { S_IFDIR, S_IFLNK, S_IFREG, type Stat } from '../../src/abi/stat.ts';
import {
  chmod,
  chown,
  closeFile,
  lchown,
  link,
  mkdir,
  open,
  readlink,
  rename,
  rmdir,
  symlink,
  unlink,
  utimens,
} from '../../src/vfs/index.ts';
import { removeTree } from './remove.ts';
import { baseName, join, sameEntry, sameInode, type Tool, typeOf } from './tool.ts';

export interface CopyOptions {
  move: boolean;
  recursive: boolean;
  /** Links are copied as links. */
  noDereference: boolean;
  /** Owner, mode, times and hard links. */
  preserve: boolean;
  removeDestination: boolean;
  noClobber: boolean;
}

export const CP: CopyOptions = {
  move: false,
  recursive: false,
  noDereference: false,
  preserve: false,
  removeDestination: false,
  noClobber: false,
};

/** One operand of cp or mv on its way. */
class Job {
  /** Where each source inode went. */
  readonly copied = new Map<string, string>();
  firstDirectory = true;
  /** What mv's own first rename said, and so what each file below is taken to have said; -1: try. */
  renameErrno = -1;
  intoItself = false;
  renamed = false;
  readonly tool: Tool;
  readonly o: CopyOptions;
  readonly top: string;
  readonly topTarget: string;

  constructor(tool: Tool, o: CopyOptions, top: string, topTarget: string) {
    this.tool = tool;
    this.o = o;
    this.top = top;
    this.topTarget = topTarget;
  }
}

/** cp SOURCE TARGET. */
export function copyOperand(tool: Tool, source: string, target: string, o: CopyOptions): void {
  const into = tool.isDirectory(target);
  const missing = tool.stat(target) === -ENOENT;
  const to = into ? join(target, baseName(source)) : target;
  copy(new Job(tool, o, source, to), source, to, true, !into && missing ? 'missing' : 'unknown');
}

/** mv SOURCE TARGET. @param plain -T: never into a directory */
export function moveOperand(tool: Tool, source: string, target: string, plain: boolean, noClobber: boolean): void {
  const o: CopyOptions = { ...CP, move: true, recursive: true, noDereference: true, preserve: true, noClobber };
  let first = plain ? -1 : -rename(tool.ctx, source, target, RENAME_NOREPLACE);
  if (first === 0) return;
  let to = target;
  if (!plain && tool.isDirectory(target)) {
    to = join(target, baseName(source));
    first = -1;
  }
  const job = new Job(tool, o, source, to);
  job.renameErrno = first;
  const ok = copy(job, source, to, true, 'unknown');
  if (!ok) return;
  if (job.intoItself) tool.status = 1;
  else if (!job.renamed) removeTree(tool, source, false);
}

/**
 * Copies or moves one file, with all below it.
 * @param known whether the target exists
 */
function copy(
  job: Job,
  source: string,
  target: string,
  operand: boolean,
  known: 'new' | 'missing' | 'unknown',
): boolean {
  const { tool, o } = job;
  let tried = job.renameErrno;
  if (o.move && tried < 0) {
    tried = -rename(tool.ctx, source, target, RENAME_NOREPLACE);
    if (tried === 0) {
      if (operand) job.renamed = true;
      return true;
    }
  }
  if (o.move && tried === EEXIST && o.noClobber) {
    job.renamed = true;
    return true;
  }
  const from = o.noDereference ? tool.lstat(source) : tool.stat(source);
  if (typeof from === 'number') return tool.fail(`cannot stat '${source}'`, from);
  const type = typeOf(from);
  if (type === S_IFDIR && !o.recursive) return tool.fail(`-r not specified; omitting directory '${source}'`);

  let isNew = known === 'new';
  let there: Stat | undefined;
  if (!isNew) {
    const useLstat = type !== S_IFREG || o.move || o.removeDestination;
    const found = !useLstat && known === 'missing' ? -ENOENT : useLstat ? tool.lstat(target) : tool.stat(target);
    if (found === -ENOENT) isNew = true;
    else if (typeof found === 'number') return tool.fail(`cannot stat '${target}'`, found);
    else there = found;
  }
  if (there !== undefined) {
    if (o.move) tried = EEXIST;
    if (!mayBeSame(job, source, from, target, there)) {
      return tool.fail(`'${source}' and '${target}' are the same file`);
    }
    if (o.noClobber && (o.move || type !== S_IFDIR)) {
      job.renamed = true;
      return true;
    }
    if (type === S_IFDIR && typeOf(there) !== S_IFDIR) {
      return tool.fail(`cannot overwrite non-directory '${target}' with directory '${source}'`);
    }
    if (type !== S_IFDIR && typeOf(there) === S_IFDIR) {
      return tool.fail(`cannot overwrite directory '${target}' with non-directory`);
    }
    const unlinkFirst = o.removeDestination || (o.preserve && there.nlink > 1) || (o.noDereference && type !== S_IFREG);
    if (!o.move && typeOf(there) !== S_IFDIR && unlinkFirst) {
      const status = unlink(tool.ctx, target);
      if (status < 0 && status !== -ENOENT) return tool.fail(`cannot remove '${target}'`, status);
      isNew = true;
    }
  }

  const key = `${from.dev}:${from.ino}`;
  const remembers = (o.recursive && type === S_IFDIR && operand) || (type !== S_IFDIR && o.preserve && from.nlink > 1);
  const earlier = job.copied.get(key);
  if (earlier === undefined && remembers) job.copied.set(key, target);
  if (earlier !== undefined && (type === S_IFDIR || o.preserve)) {
    if (type !== S_IFDIR) return hardLink(tool, earlier, target);
    if (sameEntry(tool, source, earlier)) {
      tool.fail(`cannot copy a directory, '${job.top}', into itself, '${job.topTarget}'`);
      job.intoItself = true;
      return false;
    }
    return tool.fail(`will not create hard link '${target}' to directory '${earlier}'`);
  }

  if (o.move) {
    if (tried === EEXIST) tried = -rename(tool.ctx, source, target);
    if (tried === 0) {
      if (operand) job.renamed = true;
      return true;
    }
    if (tried === EINVAL) {
      tool.fail(`cannot move '${job.top}' to a subdirectory of itself, '${job.topTarget}'`);
      job.intoItself = true;
      return true;
    }
    if (tried !== EXDEV) return tool.fail(`cannot move '${source}' to '${target}'`, -tried);
    const removed = type === S_IFDIR ? rmdir(tool.ctx, target) : unlink(tool.ctx, target);
    if (removed < 0 && removed !== -ENOENT) {
      return tool.fail(`inter-device move failed: '${source}' to '${target}'; unable to remove target`, removed);
    }
    isNew = true;
  }
  if (type === S_IFDIR) return copyDirectory(job, source, from, target, there, isNew);
  if (type === S_IFLNK) return copyLink(job, source, from, target);
  return copyRegular(job, source, from, target, there, isNew);
}

function hardLink(tool: Tool, from: string, to: string): boolean {
  const status = link(tool.ctx, from, to);
  if (status !== -EEXIST) return status >= 0 || tool.fail(`cannot create hard link '${to}' to '${from}'`, status);
  unlink(tool.ctx, to);
  link(tool.ctx, from, to);
  return true;
}

/** Source and target exist: is it something else than copying a file onto itself? */
function mayBeSame(job: Job, source: string, from: Stat, target: string, there: Stat): boolean {
  const { tool, o } = job;
  const same = sameInode(from, there);
  let fromEntry = from;
  let thereEntry = there;
  if (o.noDereference) {
    if (typeOf(from) === S_IFLNK && typeOf(there) === S_IFLNK)
      return !sameEntry(tool, source, target) && !(same && o.move);
  } else {
    if (!same) return true;
    const a = tool.lstat(source);
    const b = tool.lstat(target);
    if (typeof a === 'number' || typeof b === 'number') return true;
    fromEntry = a;
    thereEntry = b;
    if (typeOf(a) === S_IFLNK && typeOf(b) === S_IFLNK && o.removeDestination) return true;
  }
  const sameLink = sameInode(fromEntry, thereEntry);
  if (o.move || o.removeDestination) {
    if (typeOf(thereEntry) === S_IFLNK) return true;
    if (sameLink && thereEntry.nlink > 1 && !sameEntry(tool, source, target)) return !o.move;
  }
  if (typeOf(fromEntry) !== S_IFLNK && typeOf(thereEntry) !== S_IFLNK && !sameLink) return true;
  if (o.move && typeOf(from) === S_IFLNK && thereEntry.nlink > 1) return true;
  if (!o.noDereference) return false;
  const a = tool.stat(source);
  const b = tool.stat(target);
  return typeof a === 'number' || typeof b === 'number' || !sameInode(a, b);
}

function copyDirectory(
  job: Job,
  source: string,
  from: Stat,
  target: string,
  there: Stat | undefined,
  isNew: boolean,
): boolean {
  const { tool, o } = job;
  const omitted = from.mode & (o.preserve ? 0o077 : 0o022);
  let restore: number | undefined;
  if (isNew || there === undefined) {
    const status = mkdir(tool.ctx, target, from.mode & 0o7777 & ~omitted);
    if (status < 0) return tool.fail(`cannot create directory '${target}'`, status);
    const made = tool.lstat(target);
    if (typeof made === 'number') return tool.fail(`cannot stat '${target}'`, made);
    if ((made.mode & 0o700) !== 0o700) {
      restore = made.mode & 0o7777;
      chmod(tool.ctx, target, restore | 0o700);
    }
    if (job.firstDirectory) {
      job.copied.set(`${made.dev}:${made.ino}`, target);
      job.firstDirectory = false;
    }
  }
  const dir = open(tool.ctx, source, O_RDONLY);
  if (typeof dir === 'number') return tool.fail(`cannot access '${source}'`, dir);
  const entries = dir.getdents(tool.ctx);
  closeFile(tool.ctx, dir);
  if (typeof entries === 'number') return tool.fail(`cannot access '${source}'`, entries);
  let ok = true;
  const byInode = entries.slice(2).sort((a, b) => a.ino - b.ino);
  for (const { name } of byInode) {
    ok = copy(job, join(source, name), join(target, name), false, isNew ? 'new' : 'unknown') && ok;
    if (job.intoItself) break;
  }
  if (o.preserve) {
    keepTimes(tool, from, target, false);
    if (isNew || there === undefined || there.uid !== from.uid || there.gid !== from.gid)
      chown(tool.ctx, target, from.uid, from.gid);
    chmod(tool.ctx, target, from.mode & 0o7777);
  } else if (restore !== undefined) chmod(tool.ctx, target, restore);
  return ok;
}

function keepTimes(tool: Tool, from: Stat, target: string, nofollow: boolean): void {
  utimens(tool.ctx, target, from.atimeSec, from.atimeNsec, from.mtimeSec, from.mtimeNsec, nofollow);
}

function copyLink(job: Job, source: string, from: Stat, target: string): boolean {
  const { tool, o } = job;
  const text = readlink(tool.ctx, source);
  if (typeof text === 'number') return tool.fail(`cannot read symbolic link '${source}'`, text);
  const status = symlink(tool.ctx, text, target);
  if (status < 0) return tool.fail(`cannot create symbolic link '${target}'`, status);
  if (!o.preserve) return true;
  lchown(tool.ctx, target, from.uid, from.gid);
  keepTimes(tool, from, target, true);
  return true;
}

function copyRegular(
  job: Job,
  source: string,
  from: Stat,
  target: string,
  there: Stat | undefined,
  isNew: boolean,
): boolean {
  const { tool, o } = job;
  const ctx = tool.ctx;
  const input = open(ctx, source, O_RDONLY);
  if (typeof input === 'number') return tool.fail(`cannot open '${source}' for reading`, input);
  const omitted = from.mode & (o.preserve ? 0o077 : 0);
  const mode = from.mode & 0o777 & ~omitted;
  const output = open(ctx, target, isNew ? O_WRONLY | O_CREAT | O_EXCL : O_WRONLY | O_TRUNC, mode);
  if (typeof output === 'number') {
    closeFile(ctx, input);
    const link = tool.lstat(target);
    if (isNew && output === -EEXIST && typeof link !== 'number' && typeOf(link) === S_IFLNK) {
      return tool.fail(`not writing through dangling symlink '${target}'`);
    }
    return tool.fail(`cannot create regular file '${target}'`, output === -ELOOP ? -ELOOP : output);
  }
  const buf = new Uint8Array(65536);
  for (let n = input.read(ctx, buf); n > 0; n = input.read(ctx, buf)) output.write(ctx, buf.subarray(0, n));
  closeFile(ctx, input);
  closeFile(ctx, output);
  if (!o.preserve) return true;
  keepTimes(tool, from, target, false);
  if (isNew || there === undefined || there.uid !== from.uid || there.gid !== from.gid)
    chown(ctx, target, from.uid, from.gid);
  chmod(ctx, target, from.mode & 0o7777);
  return true;
}
