import { MS_NOATIME, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from '../../abi/flags.ts';
import { major, minor } from '../../abi/stat.ts';
import { listMounts, type Mount, type MountRow } from '../../vfs/index.ts';
import type { Process } from '../task/task.ts';

/** Blanks and backslashes in octal, as in fstab(5). */
const quote = (text: string): string =>
  text.replace(/[ \t\n\\]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);

function mountFlags(mount: Mount): string[] {
  const { flags } = mount;
  const out = [flags & MS_RDONLY ? 'ro' : 'rw'];
  if (flags & MS_NOSUID) out.push('nosuid');
  if (flags & MS_NODEV) out.push('nodev');
  if (flags & MS_NOEXEC) out.push('noexec');
  out.push(flags & MS_NOATIME ? 'noatime' : 'relatime');
  return out;
}

const withOptions = (words: string[], mount: Mount): string => {
  const options = mount.fs.options();
  return [...words, ...(options === '' ? [] : [options])].join(',');
};

const rowsOf = (process: Process): MountRow[] => listMounts(process.ns.mnt.value, process.root);

/** /proc/PID/mounts. */
export function mountsText(process: Process): string {
  let out = '';
  for (const { mount, place } of rowsOf(process)) {
    const words = mountFlags(mount);
    if (mount.fs.flags & MS_RDONLY) words[0] = 'ro';
    out += `${quote(mount.source)} ${quote(place)} ${mount.fs.type} ${withOptions(words, mount)} 0 0\n`;
  }
  return out;
}

/** Path of the part of the filesystem that is mounted. */
function rootPath(mount: Mount): string {
  const named = mount.fs.displayName(mount.root);
  if (named !== undefined) return named;
  let path = '';
  for (let at = mount.root; at.parent !== at; at = at.parent) path = `/${at.name}${path}`;
  return path === '' ? '/' : path;
}

/** /proc/PID/mountinfo (proc_pid_mountinfo(5)). */
export function mountinfoText(process: Process): string {
  let out = '';
  for (const { mount, place } of rowsOf(process)) {
    const { fs } = mount;
    const parent = mount.parent?.id ?? 1;
    const superOptions = withOptions([fs.flags & MS_RDONLY ? 'ro' : 'rw'], mount);
    out += `${mount.id} ${parent} ${major(fs.dev)}:${minor(fs.dev)} ${quote(rootPath(mount))} ${quote(place)} ${mountFlags(mount).join(',')} - ${fs.type} ${quote(mount.source)} ${superOptions}\n`;
  }
  return out;
}
