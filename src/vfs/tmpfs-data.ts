import type { Timespec } from '../abi/sys.ts';
import type { BlobSource } from './blob.ts';
import { PAGE } from './content.ts';

export interface TmpFsOptions {
  /** Name of the type that it shows: `tmpfs`, or `ext4` for a disk that is kept elsewhere. */
  type: string;
  /** Quota, bytes. */
  bytes: number;
  /** Quota, files of any type. */
  inodes: number;
  /** Permission bits of the root directory. */
  mode?: number;
  uid?: number;
  gid?: number;
  /** Time of the root directory. */
  now: Readonly<Timespec>;
  /** Where content comes from that is a reference into a blob. */
  blobs?: BlobSource;
  /** Text for /proc/mounts. */
  options?: string;
}

/** `size=64m,mode=1777,nr_inodes=10k,uid=0,gid=0` of mount(8). @returns undefined for an option that tmpfs(5) has not */
export function parseTmpfsData(data: string): Omit<TmpFsOptions, 'type' | 'now'> | undefined {
  const out = { bytes: 2 ** 31, inodes: 2 ** 19, mode: 0o1777, uid: 0, gid: 0, options: '' };
  const shown: string[] = [];
  for (const part of data.split(',')) {
    if (part === '') continue;
    const [key = '', value = ''] = part.split('=');
    const count = parseCount(value);
    if (key === 'mode' && /^[0-7]+$/.test(value)) {
      out.mode = Number.parseInt(value, 8);
      shown.push(`mode=${value.replace(/^0+(?=.)/, '')}`);
    } else if (key === 'size' && count !== undefined) {
      out.bytes = value.endsWith('%') ? Math.floor((4 * 2 ** 30 * count) / 100) : count;
      shown.push(`size=${Math.ceil(out.bytes / 1024)}k`);
    } else if (key === 'nr_inodes' && count !== undefined) {
      out.inodes = count === 0 ? Number.MAX_SAFE_INTEGER : count;
      shown.push(`nr_inodes=${value}`);
    } else if (key === 'nr_blocks' && count !== undefined) out.bytes = count * PAGE;
    else if (key === 'uid' && count !== undefined) {
      out.uid = count;
      shown.push(part);
    } else if (key === 'gid' && count !== undefined) {
      out.gid = count;
      shown.push(part);
    } else if (key !== 'huge' && key !== 'mpol' && key !== 'inode64' && key !== 'inode32') return undefined;
  }
  if (out.bytes === 0) out.bytes = Number.MAX_SAFE_INTEGER;
  out.options = shown.join(',');
  return out;
}

function parseCount(text: string): number | undefined {
  const found = /^(\d+)([kmgKMG%]?)$/.exec(text);
  if (!found) return undefined;
  const unit = { '': 1, '%': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[found[2]!.toLowerCase()] ?? 1;
  return Number(found[1]) * unit;
}
