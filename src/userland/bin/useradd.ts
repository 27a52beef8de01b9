import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import type { Group } from '../../libc/accounts.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { AccountFiles, makeHome } from '../accounts/database.ts';
import { needRoot, saveOrDie } from '../accounts/save-or-die.ts';

const NAME = /^[a-z_][a-z0-9_-]*\$?$/;

export default program({
  name: 'useradd',
  at: ['/usr/sbin/useradd'],
  spec: 'shadow 4.13 useradd(8); without -D, -K, -R, -P, -Z; -e, -f and -l are accepted',
  usage: '[options] LOGIN\n       useradd -D\n       useradd -D [options]',
  about: 'Create a new user.',
  options: {
    badname: { busybox: false, help: 'do not check for bad names' },
    baseDir: { short: 'b', arg: 'BASE_DIR', help: 'base directory for the home directory of the new account' },
    comment: { short: 'c', arg: 'COMMENT', help: 'GECOS field of the new account' },
    homeDir: { short: 'd', long: 'home-dir', arg: 'HOME_DIR', help: 'home directory of the new account' },
    home: { long: 'home', arg: 'HOME_DIR', help: 'home directory of the new account' },
    expiredate: { short: 'e', arg: 'EXPIRE_DATE', help: 'expiration date of the new account' },
    inactive: { short: 'f', arg: 'INACTIVE', help: 'password inactivity period of the new account' },
    gid: { short: 'g', arg: 'GROUP', help: 'name or ID of the primary group of the new account' },
    groups: { short: 'G', arg: 'GROUPS', help: 'list of supplementary groups of the new account' },
    skel: { short: 'k', arg: 'SKEL_DIR', help: 'use this alternative skeleton directory' },
    noLogInit: { short: 'l', help: 'do not add the user to the lastlog and faillog databases' },
    createHome: { short: 'm', help: "create the user's home directory" },
    noCreateHome: { short: 'M', help: "do not create the user's home directory" },
    noUserGroup: { short: 'N', help: 'do not create a group with the same name as the user' },
    nonUnique: { short: 'o', help: 'allow to create users with duplicate (non-unique) UID' },
    password: { short: 'p', arg: 'PASSWORD', help: 'encrypted password of the new account' },
    system: { short: 'r', help: 'create a system account' },
    shell: { short: 's', arg: 'SHELL', help: 'login shell of the new account' },
    uid: { short: 'u', arg: 'UID', help: 'user ID of the new account' },
    userGroup: { short: 'U', help: 'create a group with the same name as the user' },
  },
  usageStatus: 2,
  hint: () => 'Usage: useradd [options] LOGIN\n       useradd -D\n       useradd -D [options]\n\n',
  *main(ctx) {
    const { opts, sys } = ctx;
    const [name, more] = ctx.args;
    if (name === undefined || more !== undefined) return yield* ctx.usage();
    if (!opts.badname && (!NAME.test(name) || name.length > 32))
      return yield* ctx.die(`invalid user name '${name}': use --badname to ignore`, 3);
    yield* needRoot(ctx, '/etc/passwd', 1);
    const files = yield* AccountFiles.load(sys);
    const supplementary: Group[] = [];
    let primary: Group | undefined;
    if (opts.gid !== undefined) {
      primary = files.group(opts.gid);
      if (!primary) return yield* ctx.die(`group '${opts.gid}' does not exist`, 6);
    }
    for (const group of opts.groups?.split(',').filter((g) => g !== '') ?? []) {
      const found = files.group(group);
      if (!found) {
        yield* ctx.die(`group '${group}' does not exist`, 6);
        return 6;
      }
      supplementary.push(found);
    }
    if (files.user(name)) return yield* ctx.die(`user '${name}' already exists`, 9);
    const own = primary === undefined && !opts.noUserGroup;
    if (own && files.groups.some((group) => group.name === name))
      return yield* ctx.die(`group ${name} exists - if you want to add this user to that group, use -g.`, 9);
    if (opts.uid !== undefined && !/^\d+$/.test(opts.uid)) return yield* ctx.die(`invalid user ID '${opts.uid}'`, 3);
    const [from, to]: [number, number] = opts.system ? [100, 999] : [1000, 60000];
    const uids = files.users.map((user) => user.uid);
    const uid = opts.uid === undefined ? files.freeId(uids, from, to, opts.system) : Number(opts.uid);
    if (uid === undefined) return yield* ctx.die("can't get unique UID (no more available UIDs)", 4);
    if (opts.uid !== undefined && !opts.nonUnique && uids.includes(uid))
      return yield* ctx.die(`UID ${uid} is not unique`, 4);
    let gid = primary?.gid ?? 100;
    if (own) {
      const gids = files.groups.map((group) => group.gid);
      gid = gids.includes(uid) ? files.freeId(gids, from, to, opts.system)! : uid;
      if (opts.system && opts.uid === undefined) gid = files.freeId(gids, from, to, true)!;
      files.addGroup(name, gid);
    }
    const dir = opts.homeDir ?? opts.home ?? `${opts.baseDir ?? '/home'}/${name}`;
    files.addUser(
      { name, password: 'x', uid, gid, gecos: opts.comment ?? '', dir, shell: opts.shell ?? '/bin/sh' },
      { system: opts.system, ...(opts.password === undefined ? {} : { password: opts.password }) },
    );
    for (const group of supplementary) files.addMember(group, name);
    yield* saveOrDie(ctx, files);
    if (opts.createHome && !opts.noCreateHome) {
      const r = yield* makeHome(sys, dir, uid, gid, opts.skel ?? '/etc/skel', yield* homeMode(sys));
      if (r === -17) {
        yield* ctx.warn(`warning: the home directory ${dir} already exists.`);
        yield* ctx.warn('Not copying any file from skel directory into it.');
      } else if (r < 0) return yield* ctx.die(`cannot create directory ${dir}`, 12);
    }
    return 0;
  },
});

/** HOME_MODE of /etc/login.defs, else 0755. */
function* homeMode(sys: Sys): Wait<number> {
  const bytes = yield* readFile(sys, '/etc/login.defs');
  const m = typeof bytes === 'number' ? null : /^HOME_MODE\s+([0-7]+)/m.exec(decode(bytes));
  return m ? Number.parseInt(m[1]!, 8) : 0o755;
}
