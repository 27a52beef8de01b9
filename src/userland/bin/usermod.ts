import type { Group } from '../../libc/accounts.ts';
import { program } from '../../libc/program.ts';
import { AccountFiles } from '../accounts/database.ts';
import { needRoot, saveOrDie } from '../accounts/save-or-die.ts';

export default program({
  name: 'usermod',
  at: ['/usr/sbin/usermod'],
  spec: 'shadow 4.13 usermod(8); without subordinate ids, -e, -f, -R, -P, -Z; -u does not change owners below the home',
  usage: '[options] LOGIN',
  about: 'Modify a user account.',
  options: {
    append: { short: 'a', help: 'append the user to the supplemental GROUPS mentioned by -G' },
    badname: { short: 'b', help: 'allow bad names' },
    comment: { short: 'c', arg: 'COMMENT', help: 'new value of the GECOS field' },
    home: { short: 'd', arg: 'HOME_DIR', help: 'new home directory for the user account' },
    gid: { short: 'g', arg: 'GROUP', help: 'force use GROUP as new primary group' },
    groups: { short: 'G', arg: 'GROUPS', help: 'new list of supplementary GROUPS' },
    login: { short: 'l', arg: 'NEW_LOGIN', help: 'new value of the login name' },
    lock: { short: 'L', help: 'lock the user account' },
    moveHome: { short: 'm', help: 'move contents of the home directory (use only with -d)' },
    nonUnique: { short: 'o', help: 'allow using duplicate (non-unique) UID' },
    password: { short: 'p', arg: 'PASSWORD', help: 'use encrypted password for the new password' },
    remove: { short: 'r', help: 'remove the user from only the supplemental GROUPS mentioned by -G' },
    shell: { short: 's', arg: 'SHELL', help: 'new login shell for the user account' },
    uid: { short: 'u', arg: 'UID', help: 'new UID for the user account' },
    unlock: { short: 'U', help: 'unlock the user account' },
  },
  usageStatus: 2,
  hint: () => 'Usage: usermod [options] LOGIN\n\n',
  *main(ctx) {
    const { opts, sys } = ctx;
    const [name, more] = ctx.args;
    if (name === undefined || more !== undefined) return yield* ctx.usage();
    const files = yield* AccountFiles.load(sys);
    const user = files.user(name);
    if (!user) return yield* ctx.die(`user '${name}' does not exist`, 6);
    if ((opts.append || opts.remove) && opts.groups === undefined) {
      yield* ctx.warn(`-${opts.append ? 'a' : 'r'} flag is only allowed with the -G flag`);
      return yield* ctx.usage();
    }
    const wanted: Group[] = [];
    for (const group of opts.groups?.split(',').filter((g) => g !== '') ?? []) {
      const found = files.group(group);
      if (!found) {
        yield* ctx.die(`group '${group}' does not exist`, 6);
        return 6;
      }
      wanted.push(found);
    }
    yield* needRoot(ctx, '/etc/passwd', 1);
    const before = JSON.stringify([files.users, files.groups, files.shadow]);
    if (opts.gid !== undefined) {
      const group = files.group(opts.gid);
      if (!group) return yield* ctx.die(`group '${opts.gid}' does not exist`, 6);
      user.gid = group.gid;
    }
    if (opts.uid !== undefined) {
      const uid = Number(opts.uid);
      if (!/^\d+$/.test(opts.uid)) return yield* ctx.die(`invalid user ID '${opts.uid}'`, 3);
      if (!opts.nonUnique && uid !== user.uid && files.users.some((other) => other.uid === uid))
        return yield* ctx.die(`UID '${uid}' already exists`, 4);
      if (sys.access(user.dir, 0) === 0) sys.chown(user.dir, uid, -1);
      user.uid = uid;
    }
    if (opts.comment !== undefined) user.gecos = opts.comment;
    if (opts.shell !== undefined) user.shell = opts.shell;
    if (opts.home !== undefined && opts.home !== user.dir) {
      if (opts.moveHome && sys.access(user.dir, 0) === 0) {
        const r = sys.rename(user.dir, opts.home);
        if (r < 0) return yield* ctx.die(`cannot rename directory ${user.dir} to ${opts.home}`, 12);
      }
      user.dir = opts.home;
    }
    const shadow = files.shadowOf(name);
    if (opts.password !== undefined) files.setPassword(name, opts.password);
    if (opts.lock && shadow && !shadow.password.startsWith('!')) shadow.password = `!${shadow.password}`;
    if (opts.unlock && shadow?.password.startsWith('!')) {
      if (shadow.password === '!') {
        yield* ctx.stderr.write(
          `${ctx.name}: unlocking the user's password would result in a passwordless account.\nYou should set a password with usermod -p to unlock this user's password.\n`,
        );
      } else shadow.password = shadow.password.slice(1);
    }
    if (opts.groups !== undefined) {
      if (!opts.append && !opts.remove) for (const group of files.groups) files.removeMember(group, name);
      for (const group of wanted)
        if (opts.remove) files.removeMember(group, name);
        else files.addMember(group, name);
    }
    if (opts.login !== undefined && opts.login !== name) {
      if (files.user(opts.login)) return yield* ctx.die(`user '${opts.login}' already exists`, 9);
      const login = opts.login;
      user.name = login;
      if (shadow) shadow.name = login;
      for (const group of files.groups) {
        if (!group.members.includes(name)) continue;
        files.removeMember(group, name);
        files.addMember(group, login);
      }
    }
    if (JSON.stringify([files.users, files.groups, files.shadow]) === before) {
      if (!opts.unlock && !opts.lock && opts.groups === undefined) yield* ctx.warn('no changes');
      return 0;
    }
    yield* saveOrDie(ctx, files);
    return 0;
  },
});
