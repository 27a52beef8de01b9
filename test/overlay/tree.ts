import { createHash } from 'node:crypto';
import { O_RDONLY } from '../../src/abi/flags.ts';
import { major, minor, S_IFCHR, S_IFDIR, S_IFLNK, S_IFREG, type Stat } from '../../src/abi/stat.ts';
import { encode } from '../../src/lib/utf8.ts';
import { closeFile, getxattr, open, readlink, type VfsContext } from '../../src/vfs/index.ts';
import { names, readAll } from './show.ts';
import { Tool, typeOf } from './tool.ts';

/** Older times are shown: tests set them. */
const RECENT = 1_500_000_000;

/** The tree below `top` in the lines of the recorded cases. */
export function treeLines(ctx: VfsContext, top: string): string[] {
  const tool = new Tool(ctx, 'tree');
  const files: { path: string; st: Stat }[] = [];
  const visit = (dir: string): void => {
    for (const name of names(tool, dir === '' ? top : `${top}/${dir}`)) {
      const path = dir === '' ? name : `${dir}/${name}`;
      const st = tool.lstat(`${top}/${path}`);
      if (typeof st === 'number') throw new Error(`${path}: ${st}`);
      files.push({ path, st });
      if (typeOf(st) === S_IFDIR) visit(path);
    }
  };
  visit('');
  const groups = linkGroups(files);
  return files.map(({ path, st }) => {
    const full = `${top}/${path}`;
    const owner = `${st.uid}:${st.gid}`;
    const mode = (st.mode & 0o7777).toString(8);
    const time = st.mtimeSec < RECENT ? ` @${st.mtimeSec}` : '';
    switch (typeOf(st)) {
      case S_IFDIR: {
        const opaque = getxattr(ctx, full, 'trusted.overlay.opaque');
        return `d ${mode} ${owner}${typeof opaque === 'number' ? '' : ' opaque'} ${path}`;
      }
      case S_IFLNK:
        return `l - ${owner} ->${readlink(ctx, full)}${time} ${path}`;
      case S_IFREG:
        return `f ${mode} ${owner} ${st.nlink} ${st.size} ${checksum(tool, full)}${groups.get(key(st)) ?? ''}${time} ${path}`;
      case S_IFCHR:
        return major(st.rdev) === 0 && minor(st.rdev) === 0 ? `c whiteout ${path}` : `c ${st.rdev} ${path}`;
      default:
        return `? ${mode} ${path}`;
    }
  });
}

const key = (st: Stat): string => `${st.dev}:${st.ino}`;

/** ` =N` for files that several of the names share, numbered by first appearance. */
function linkGroups(files: readonly { st: Stat }[]): Map<string, string> {
  const counts = new Map<string, number>();
  for (const { st } of files) if (typeOf(st) === S_IFREG) counts.set(key(st), (counts.get(key(st)) ?? 0) + 1);
  const groups = new Map<string, string>();
  for (const [id, count] of counts) if (count > 1) groups.set(id, ` =${groups.size + 1}`);
  return groups;
}

function checksum(tool: Tool, path: string): string {
  const file = open(tool.ctx, path, O_RDONLY);
  if (typeof file === 'number') return `error ${file}`;
  const text = readAll(tool, file);
  closeFile(tool.ctx, file);
  if (typeof text === 'number') return `error ${text}`;
  return createHash('sha256').update(encode(text)).digest('hex').slice(0, 8);
}
