import { CLOCK_REALTIME, O_CREAT, O_RDONLY, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { isDirectory, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { type Group, type Passwd, parseGroup, parsePasswd } from '../../libc/accounts.ts';
import { open, readFile, type Wait, writeAll, writeFile } from '../../libc/io.ts';
import { dirname, joinPath, listDir, mkdirp } from '../../libc/paths.ts';

/** A line of /etc/shadow, its fields as they are. */
export interface Shadow {
  name: string;
  password: string;
  /** Last change … reserved. */
  rest: string[];
}

/** The account files of the filesystem that the process sees, to be changed and written back. */
export class AccountFiles {
  users: Passwd[] = [];
  groups: Group[] = [];
  shadow: Shadow[] = [];
  /** Present only where /etc/gshadow is. */
  gshadow: { name: string; password: string; admins: string; members: string[] }[] | undefined;
  #subordinate = new Map<string, string[]>();

  private constructor(readonly sys: Sys) {}

  static *load(sys: Sys): Wait<AccountFiles> {
    const files = new AccountFiles(sys);
    files.users = parsePasswd((yield* text(sys, '/etc/passwd')) ?? '');
    files.groups = parseGroup((yield* text(sys, '/etc/group')) ?? '');
    const lines = (content: string | undefined): string[][] =>
      (content ?? '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split(':'));
    files.shadow = lines(yield* text(sys, '/etc/shadow')).map(([name = '', password = '', ...rest]) => ({
      name,
      password,
      rest,
    }));
    const gshadow = yield* text(sys, '/etc/gshadow');
    if (gshadow !== undefined)
      files.gshadow = lines(gshadow).map(([name = '', password = '', admins = '', members = '']) => ({
        name,
        password,
        admins,
        members: members.split(',').filter((m) => m !== ''),
      }));
    for (const path of ['/etc/subuid', '/etc/subgid']) {
      const content = yield* text(sys, path);
      if (content !== undefined)
        files.#subordinate.set(
          path,
          content.split('\n').filter((line) => line !== ''),
        );
    }
    return files;
  }

  user(name: string): Passwd | undefined {
    return this.users.find((user) => user.name === name);
  }

  /** By name, or by number. */
  group(nameOrId: string): Group | undefined {
    return (
      this.groups.find((group) => group.name === nameOrId) ??
      (/^\d+$/.test(nameOrId) ? this.groups.find((group) => group.gid === Number(nameOrId)) : undefined)
    );
  }

  shadowOf(name: string): Shadow | undefined {
    return this.shadow.find((line) => line.name === name);
  }

  /** Days since the Epoch. */
  today(): number {
    return Math.floor(this.sys.now(CLOCK_REALTIME) / 86_400_000);
  }

  addGroup(name: string, gid: number, members: string[] = []): void {
    this.groups.push({ name, password: 'x', gid, members });
    this.gshadow?.push({ name, password: '!', admins: '', members: [...members] });
  }

  removeGroup(name: string): void {
    this.groups = this.groups.filter((group) => group.name !== name);
    this.gshadow = this.gshadow?.filter((group) => group.name !== name);
  }

  addMember(group: Group, user: string): void {
    if (!group.members.includes(user)) group.members.push(user);
    const shadow = this.gshadow?.find((line) => line.name === group.name);
    if (shadow && !shadow.members.includes(user)) shadow.members.push(user);
  }

  removeMember(group: Group, user: string): void {
    group.members = group.members.filter((member) => member !== user);
    const shadow = this.gshadow?.find((line) => line.name === group.name);
    if (shadow) shadow.members = shadow.members.filter((member) => member !== user);
  }

  addUser(user: Passwd, options: { system: boolean; password?: string }): void {
    this.users.push(user);
    const ages = options.system ? ['', '', '', '', '', ''] : ['0', '99999', '7', '', '', ''];
    this.shadow.push({ name: user.name, password: options.password ?? '!', rest: [String(this.today()), ...ages] });
    if (options.system) return;
    for (const lines of this.#subordinate.values()) {
      const next = lines.reduce((end, line) => {
        const [, from, count] = line.split(':');
        return Math.max(end, Number(from) + Number(count));
      }, 100_000);
      lines.push(`${user.name}:${next}:65536`);
    }
  }

  removeUser(name: string): void {
    this.users = this.users.filter((user) => user.name !== name);
    this.shadow = this.shadow.filter((line) => line.name !== name);
    for (const group of this.groups) this.removeMember(group, name);
    for (const [path, lines] of this.#subordinate)
      this.#subordinate.set(
        path,
        lines.filter((line) => !line.startsWith(`${name}:`)),
      );
  }

  setPassword(name: string, password: string): void {
    const line = this.shadowOf(name);
    const user = this.user(name)!;
    if (line) {
      line.password = password;
      line.rest[0] = String(this.today());
    } else if (user.password === 'x')
      this.shadow.push({ name, password, rest: [String(this.today()), '0', '99999', '7', '', '', ''] });
    else user.password = password;
  }

  /** The lowest number above all used ones of `from` … `to` (or, for system accounts, the highest free one). */
  freeId(used: readonly number[], from: number, to: number, fromTop = false): number | undefined {
    const taken = new Set(used);
    if (fromTop) {
      for (let id = to; id >= from; id--) if (!taken.has(id)) return id;
      return undefined;
    }
    const highest = Math.max(from - 1, ...used.filter((id) => id >= from && id <= to));
    if (highest < to) return highest + 1;
    for (let id = from; id <= to; id++) if (!taken.has(id)) return id;
    return undefined;
  }

  /** Writes everything back. @returns 0 or the first -errno */
  *save(): Wait<number> {
    const rows: [string, string[], number][] = [
      [
        '/etc/passwd',
        this.users.map((u) => [u.name, u.password, u.uid, u.gid, u.gecos, u.dir, u.shell].join(':')),
        0o644,
      ],
      ['/etc/group', this.groups.map((g) => [g.name, g.password, g.gid, g.members.join(',')].join(':')), 0o644],
      ['/etc/shadow', this.shadow.map((s) => [s.name, s.password, ...s.rest].join(':')), 0o640],
    ];
    if (this.gshadow)
      rows.push([
        '/etc/gshadow',
        this.gshadow.map((g) => [g.name, g.password, g.admins, g.members.join(',')].join(':')),
        0o640,
      ]);
    for (const [path, lines] of this.#subordinate) rows.push([path, lines, 0o644]);
    for (const [path, lines, mode] of rows) {
      const r = yield* replaceFile(this.sys, path, lines.map((line) => `${line}\n`).join(''), mode);
      if (r < 0) return r;
    }
    return 0;
  }
}

/** Writes beside the file and renames; owner and mode stay. */
function* replaceFile(sys: Sys, path: string, content: string, mode: number): Wait<number> {
  const old = yield* text(sys, path);
  if (old === content) return 0;
  const st = new Stat();
  const existed = sys.stat(path, st) === 0;
  if (old !== undefined) yield* writeFile(sys, `${path}-`, old, mode);
  const r = yield* writeFile(sys, `${path}+`, content, mode);
  if (r < 0) return r;
  sys.chmod(`${path}+`, existed ? st.mode & 0o7777 : mode);
  if (existed) sys.chown(`${path}+`, st.uid, st.gid);
  return sys.rename(`${path}+`, path);
}

function* text(sys: Sys, path: string): Wait<string | undefined> {
  const bytes = yield* readFile(sys, path);
  return typeof bytes === 'number' ? undefined : decode(bytes);
}

/** Makes a home directory with what /etc/skel has. @returns 0 or -errno */
export function* makeHome(
  sys: Sys,
  dir: string,
  uid: number,
  gid: number,
  skel: string | undefined,
  mode = 0o755,
): Wait<number> {
  mkdirp(sys, dirname(dir), 0o755);
  const r = sys.mkdir(dir, 0o755);
  if (r < 0) return r;
  sys.chmod(dir, mode);
  sys.chown(dir, uid, gid);
  if (skel !== undefined) yield* copySkeleton(sys, skel, dir, uid, gid);
  return 0;
}

function* copySkeleton(sys: Sys, from: string, to: string, uid: number, gid: number): Wait<void> {
  const names = listDir(sys, from);
  if (typeof names === 'number') return;
  const st = new Stat();
  for (const name of names) {
    const source = joinPath(from, name);
    const target = joinPath(to, name);
    if (sys.lstat(source, st) < 0) continue;
    const mode = st.mode & 0o7777;
    const link = sys.readlink(source);
    if (typeof link === 'string') sys.symlink(link, target);
    else if (isDirectory(st.mode)) {
      sys.mkdir(target, mode);
      yield* copySkeleton(sys, source, target, uid, gid);
    } else {
      const bytes = yield* readFile(sys, source);
      const fd = yield* open(sys, target, O_WRONLY | O_CREAT | O_TRUNC | O_RDONLY, mode);
      if (fd < 0) continue;
      if (typeof bytes !== 'number') yield* writeAll(sys, fd, bytes);
      sys.close(fd);
      sys.chmod(target, mode);
    }
    sys.lchown(target, uid, gid);
  }
}
