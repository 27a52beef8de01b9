import type { Sys } from '../abi/sys.ts';
import { decode } from '../lib/utf8.ts';
import { readFile, type Wait } from './io.ts';

/** A line of /etc/passwd. */
export interface Passwd {
  name: string;
  password: string;
  uid: number;
  gid: number;
  gecos: string;
  dir: string;
  shell: string;
}

/** A line of /etc/group. */
export interface Group {
  name: string;
  password: string;
  gid: number;
  members: string[];
}

/** Reads passwd(5) text; lines that are none are skipped. */
export function parsePasswd(text: string): Passwd[] {
  const out: Passwd[] = [];
  for (const line of text.split('\n')) {
    const f = line.split(':');
    if (f.length < 7 || !/^\d+$/.test(f[2]!) || !/^\d+$/.test(f[3]!)) continue;
    out.push({
      name: f[0]!,
      password: f[1]!,
      uid: Number(f[2]),
      gid: Number(f[3]),
      gecos: f[4]!,
      dir: f[5]!,
      shell: f[6]!,
    });
  }
  return out;
}

/** Reads group(5) text. */
export function parseGroup(text: string): Group[] {
  const out: Group[] = [];
  for (const line of text.split('\n')) {
    const f = line.split(':');
    if (f.length < 3 || !/^\d+$/.test(f[2]!)) continue;
    out.push({
      name: f[0]!,
      password: f[1]!,
      gid: Number(f[2]),
      members: (f[3] ?? '').split(',').filter((m) => m !== ''),
    });
  }
  return out;
}

/** Users and groups of the filesystem that the process sees, read once. */
export class Accounts {
  #users: Passwd[] | undefined;
  #groups: Group[] | undefined;

  constructor(readonly sys: Sys) {}

  *users(): Wait<Passwd[]> {
    this.#users ??= parsePasswd(yield* text(this.sys, '/etc/passwd'));
    return this.#users;
  }

  *groups(): Wait<Group[]> {
    this.#groups ??= parseGroup(yield* text(this.sys, '/etc/group'));
    return this.#groups;
  }

  *byName(name: string): Wait<Passwd | undefined> {
    return (yield* this.users()).find((user) => user.name === name);
  }

  *byUid(uid: number): Wait<Passwd | undefined> {
    return (yield* this.users()).find((user) => user.uid === uid);
  }

  *groupByName(name: string): Wait<Group | undefined> {
    return (yield* this.groups()).find((group) => group.name === name);
  }

  /** The user's name, or its number as text. */
  *userName(uid: number): Wait<string> {
    return (yield* this.byUid(uid))?.name ?? String(uid);
  }

  *groupName(gid: number): Wait<string> {
    return (yield* this.groups()).find((group) => group.gid === gid)?.name ?? String(gid);
  }

  /** Groups that a login of `name` gets (initgroups(3)), its own first. */
  *groupsOf(name: string, gid: number): Wait<number[]> {
    const out = [gid];
    for (const group of yield* this.groups())
      if (group.members.includes(name) && !out.includes(group.gid)) out.push(group.gid);
    return out;
  }
}

function* text(sys: Sys, path: string): Wait<string> {
  const bytes = yield* readFile(sys, path);
  return typeof bytes === 'number' ? '' : decode(bytes);
}
