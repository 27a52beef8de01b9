import { WaitResult } from '../../abi/wait.ts';
import { Accounts } from '../../libc/accounts.ts';
import { spawn, type Wait, waitpid } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { busyboxMember, lowest, save } from '../accounts/busybox.ts';
import { AccountFiles, makeHome } from '../accounts/database.ts';
import { addMember, fail, say } from '../accounts/debian.ts';

const options = {
  home: { short: 'h', arg: 'DIR', help: 'Home directory' },
  gecos: { short: 'g', arg: 'GECOS', help: 'GECOS field' },
  comment: { arg: 'GECOS', busybox: false, help: 'GECOS field' },
  shell: { short: 's', arg: 'SHELL', help: 'Login shell' },
  ingroup: { short: 'G', arg: 'GRP', help: 'Group' },
  system: { short: 'S', help: 'Create a system user' },
  disabledPassword: { short: 'D', help: "Don't assign a password" },
  disabledLogin: { busybox: false, help: "don't assign a password, and no login" },
  noCreateHome: { short: 'H', help: "Don't create home directory" },
  uid: { short: 'u', arg: 'UID', help: 'User id' },
  skel: { short: 'k', arg: 'SKEL', help: 'Skeleton directory (/etc/skel)' },
  gid: { arg: 'ID', busybox: false, help: 'group id' },
  group: { busybox: false, help: 'with --system: a group of the same name' },
  quiet: { short: 'q', busybox: false, help: 'do not give process information to stdout' },
  allowBadNames: { busybox: false, help: 'allow bad names' },
  forceBadname: { busybox: false, help: 'allow bad names' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'adduser',
  at: ['/usr/sbin/adduser'],
  spec: "Debian's adduser(8) 3.137; without --conf, --encrypt-home; extra groups: users",
  version: 'version 3.137',
  usage:
    '[--home DIR] [--shell SHELL] [--no-create-home] [--uid ID] [--disabled-password] [--gecos GECOS] user\nadduser --system [--group] user\nadduser user group',
  about: 'Add a user to the system.',
  options,
  busybox: {
    at: '/usr/sbin/adduser',
    usage: '[OPTIONS] USER [GROUP]',
    help: "Create new user, or add USER to GROUP\n\n\t-h DIR\t\tHome directory\n\t-g GECOS\tGECOS field\n\t-s SHELL\tLogin shell\n\t-G GRP\t\tGroup\n\t-S\t\tCreate a system user\n\t-D\t\tDon't assign a password\n\t-H\t\tDon't create home directory\n\t-u UID\t\tUser id\n\t-k SKEL\t\tSkeleton directory (/etc/skel)\n",
  },
  *main(ctx) {
    const [name, group, more] = ctx.args;
    if (ctx.form === 'busybox') {
      if (name === undefined || more !== undefined) return yield* ctx.usage();
      return yield* busyboxAddUser(ctx, name, group);
    }
    if (name === undefined) return yield* fail(ctx, 'Only one or two names allowed.');
    if (ctx.sys.credentials().euid !== 0) return yield* fail(ctx, 'Only root may add a user or group to the system.');
    if (group !== undefined) return yield* addMember(ctx, name, group);
    return yield* debianAddUser(ctx, name);
  },
});

function* busyboxAddUser(ctx: Ctx, name: string, group: string | undefined): Wait<number> {
  const { opts, sys } = ctx;
  const files = yield* AccountFiles.load(sys);
  if (group !== undefined) return yield* busyboxMember(ctx, files, name, group);
  if (files.user(name)) return yield* ctx.die(`user '${name}' in use`);
  const uids = files.users.map((user) => user.uid);
  const uid = opts.uid === undefined ? lowest(uids, opts.system) : Number(opts.uid);
  if (opts.uid !== undefined && uids.includes(uid)) return yield* ctx.die(`uid '${uid}' in use`);
  let gid: number;
  if (opts.ingroup !== undefined) {
    const found = files.group(opts.ingroup);
    if (!found) return yield* ctx.die(`unknown group ${opts.ingroup}`);
    gid = found.gid;
  } else if (opts.system) gid = files.groups.find((g) => g.name === 'nogroup')?.gid ?? 65533;
  else {
    if (files.groups.some((g) => g.name === name)) return yield* ctx.die(`group name '${name}' is in use`);
    const gids = files.groups.map((g) => g.gid);
    gid = gids.includes(uid) ? lowest(gids, false) : uid;
    files.addGroup(name, gid);
  }
  const dir = opts.home ?? `/home/${name}`;
  const self = yield* new Accounts(sys).byUid(0);
  const shell = opts.shell ?? (opts.system ? '/sbin/nologin' : ctx.env.get('SHELL') || self?.shell || '/bin/sh');
  const gecos = opts.gecos ?? 'Linux User,,,';
  files.addUser({ name, password: 'x', uid, gid, gecos, dir, shell }, { system: false });
  if ((yield* save(ctx, files)) !== 0) return 1;
  if (!opts.noCreateHome) {
    const r = yield* makeHome(sys, dir, uid, gid, opts.skel ?? '/etc/skel', 0o2755);
    if (r === -17) {
      sys.chown(dir, uid, gid);
      yield* ctx.warn(`${dir}: ${ctx.strerror(r)}`);
    }
  }
  return opts.disabledPassword || opts.system ? 0 : yield* runPasswd(ctx, name);
}

function* runPasswd(ctx: Ctx, name: string): Wait<number> {
  const path = searchPath(ctx.sys, 'passwd', '/usr/bin:/bin:/usr/sbin:/sbin');
  if (path === undefined) return 0;
  yield* ctx.stdout.flush();
  const pid = yield* spawn(ctx.sys, path, ['passwd', name], ctx.sys.envp);
  if (pid < 0) return 1;
  const result = new WaitResult();
  yield* waitpid(ctx.sys, pid, 0, result);
  return 0;
}

const FIELDS = ['Full Name', 'Room Number', 'Work Phone', 'Home Phone', 'Other'];

/** The questions about the GECOS field. */
function* askGecos(ctx: Ctx, name: string): Wait<string> {
  yield* ctx.stdout.write(
    `Changing the user information for ${name}\nEnter the new value, or press ENTER for the default\n`,
  );
  for (;;) {
    const answers: string[] = [];
    for (const field of FIELDS) {
      yield* ctx.stdout.write(`\t${field} []: `);
      yield* ctx.stdout.flush();
      answers.push((yield* ctx.stdin.line()) ?? '');
    }
    yield* ctx.stdout.write('Is the information correct? [Y/n] ');
    yield* ctx.stdout.flush();
    const answer = yield* ctx.stdin.line();
    if (answer === undefined || !/^n/i.test(answer)) return answers.join(',').replace(/,$/, '');
  }
}

function* debianAddUser(ctx: Ctx, name: string): Wait<number> {
  const { opts, sys } = ctx;
  if (!/^[a-z][-a-z0-9_]*\$?$/.test(name) && !opts.allowBadNames && !opts.forceBadname)
    return yield* fail(
      ctx,
      "Please enter a username matching the regular expression\n            configured via the NAME_REGEX configuration variable.  Use the\n            `--allow-bad-names' option to relax this check or reconfigure\n            NAME_REGEX in configuration.",
    );
  let files = yield* AccountFiles.load(sys);
  if (files.user(name)) {
    if (!opts.system) return yield* fail(ctx, `The user \`${name}' already exists.`);
    yield* say(ctx, `The system user \`${name}' already exists. Exiting.`);
    return 0;
  }
  const uids = files.users.map((user) => user.uid);
  const gids = files.groups.map((group) => group.gid);
  const [from, to]: [number, number] = opts.system ? [100, 999] : [1000, 59999];
  const uid =
    opts.uid === undefined ? files.freeId([...uids, ...(opts.system ? [] : gids)], from, to)! : Number(opts.uid);
  if (opts.uid !== undefined && uids.includes(uid)) return yield* fail(ctx, `The UID ${uid} is already in use.`);
  const joined = opts.ingroup ?? opts.gid;
  let group = joined === undefined ? undefined : files.group(joined);
  if (joined !== undefined && !group) return yield* fail(ctx, `The group \`${joined}' does not exist.`);
  if (opts.system) {
    yield* say(ctx, `Adding system user \`${name}' (UID ${uid}) ...`);
    if (!group && !opts.group)
      group = files.group('nogroup') ?? { name: 'nogroup', password: 'x', gid: 65534, members: [] };
  } else yield* say(ctx, `Adding user \`${name}' ...`);
  if (!group) {
    if (files.groups.some((g) => g.name === name)) return yield* fail(ctx, `The group \`${name}' already exists.`);
    const gid = opts.system ? files.freeId(gids, from, to)! : uid;
    yield* say(ctx, `Adding new group \`${name}' (${opts.system ? 'GID ' : ''}${gid}) ...`);
    files.addGroup(name, gid);
    group = files.group(name)!;
  }
  yield* say(
    ctx,
    opts.system
      ? `Adding new user \`${name}' (UID ${uid}) with group \`${group.name}' ...`
      : `Adding new user \`${name}' (${uid}) with group \`${group.name} (${group.gid})' ...`,
  );
  const dir = opts.home ?? (opts.system ? '/nonexistent' : `/home/${name}`);
  const shell = opts.shell ?? (opts.system ? '/usr/sbin/nologin' : '/bin/bash');
  const given = opts.comment ?? opts.gecos;
  const user = { name, password: 'x', uid, gid: group.gid, gecos: '', dir, shell };
  if (given !== undefined)
    user.gecos = given === '' ? (opts.system ? '' : ',,,') : given.includes(',') ? given : `${given},,,`;
  files.addUser(user, { system: opts.system });
  if ((yield* files.save()) < 0) return yield* fail(ctx, 'Permission denied');
  if (opts.noCreateHome || dir === '/nonexistent') yield* say(ctx, `Not creating \`${dir}'.`);
  else if (sys.access(dir, 0) === 0)
    yield* say(ctx, `The home directory \`${dir}' already exists.  Not touching this directory.`);
  else {
    yield* say(ctx, `Creating home directory \`${dir}' ...`);
    yield* makeHome(sys, dir, uid, group.gid, opts.system ? undefined : '/etc/skel', opts.system ? 0o755 : 0o700);
    if (!opts.system) yield* say(ctx, "Copying files from `/etc/skel' ...");
  }
  if (opts.system) return 0;
  if (!opts.disabledPassword && !opts.disabledLogin) yield* runPasswd(ctx, name);
  files = yield* AccountFiles.load(sys);
  if (given === undefined) files.user(name)!.gecos = yield* askGecos(ctx, name);
  const users = files.groups.find((g) => g.name === 'users');
  if (users) {
    yield* say(ctx, `Adding new user \`${name}' to supplemental / extra groups \`users' ...`);
    yield* say(ctx, `Adding user \`${name}' to group \`users' ...`);
    files.addMember(users, name);
  }
  yield* files.save();
  return 0;
}
