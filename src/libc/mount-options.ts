import {
  MS_BIND,
  MS_MOVE,
  MS_NOATIME,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_RDONLY,
  MS_REC,
  MS_RELATIME,
  MS_REMOUNT,
  MS_SHARED,
  MS_SLAVE,
} from '../abi/flags.ts';

/** Words of mount -o: the flags that they set and those that they clear. */
const WORDS: Readonly<Record<string, readonly [set: number, clear: number]>> = {
  ro: [MS_RDONLY, 0],
  rw: [0, MS_RDONLY],
  nosuid: [MS_NOSUID, 0],
  suid: [0, MS_NOSUID],
  nodev: [MS_NODEV, 0],
  dev: [0, MS_NODEV],
  noexec: [MS_NOEXEC, 0],
  exec: [0, MS_NOEXEC],
  noatime: [MS_NOATIME, 0],
  atime: [0, MS_NOATIME],
  relatime: [MS_RELATIME, 0],
  norelatime: [0, MS_RELATIME],
  remount: [MS_REMOUNT, 0],
  bind: [MS_BIND, 0],
  rbind: [MS_BIND | MS_REC, 0],
  move: [MS_MOVE, 0],
  private: [MS_PRIVATE, 0],
  rprivate: [MS_PRIVATE | MS_REC, 0],
  shared: [MS_SHARED, 0],
  rshared: [MS_SHARED | MS_REC, 0],
  slave: [MS_SLAVE, 0],
  rslave: [MS_SLAVE | MS_REC, 0],
};
const IGNORED =
  /^(defaults|auto|noauto|user|users|nouser|owner|group|_netdev|nofail|sync|async|diratime|nodiratime|loop|x-.*|comment=.*)$/;

/** Flags and data of mount(2) from the words of -o. */
export function mountOptions(words: readonly string[]): { flags: number; data: string } {
  let flags = 0;
  const data: string[] = [];
  for (const word of words) {
    const known = WORDS[word];
    if (known) flags = (flags | known[0]) & ~known[1];
    else if (word !== '' && !IGNORED.test(word)) data.push(word);
  }
  return { flags, data: data.join(',') };
}
