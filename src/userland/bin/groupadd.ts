import { program } from '../../libc/program.ts';
import { AccountFiles } from '../accounts/database.ts';
import { needRoot, saveOrDie } from '../accounts/save-or-die.ts';

export default program({
  name: 'groupadd',
  at: ['/usr/sbin/groupadd'],
  spec: 'shadow 4.13 groupadd(8); without -K, -R, -P',
  usage: '[options] GROUP',
  about: 'Create a new group.',
  options: {
    force: {
      short: 'f',
      help: 'exit successfully if the group already exists, and cancel -g if the GID is already used',
    },
    gid: { short: 'g', arg: 'GID', help: 'use GID for the new group' },
    nonUnique: { short: 'o', help: 'allow to create groups with duplicate (non-unique) GID' },
    password: { short: 'p', arg: 'PASSWORD', help: 'use this encrypted password for the new group' },
    system: { short: 'r', help: 'create a system account' },
    users: { short: 'U', arg: 'USERS', help: 'list of user members of this group' },
  },
  usageStatus: 2,
  hint: () => 'Usage: groupadd [options] GROUP\n\n',
  *main(ctx) {
    const { opts, sys } = ctx;
    const [name, more] = ctx.args;
    if (name === undefined || more !== undefined) return yield* ctx.usage();
    if (!/^[a-z_][a-z0-9_-]*\$?$/.test(name) || name.length > 32)
      return yield* ctx.die(`'${name}' is not a valid group name`, 3);
    if (opts.gid !== undefined && !/^\d+$/.test(opts.gid)) return yield* ctx.die(`invalid group ID '${opts.gid}'`, 3);
    const files = yield* AccountFiles.load(sys);
    if (files.groups.some((group) => group.name === name))
      return opts.force ? 0 : yield* ctx.die(`group '${name}' already exists`, 9);
    const gids = files.groups.map((group) => group.gid);
    let gid = opts.gid === undefined ? undefined : Number(opts.gid);
    if (gid !== undefined && gids.includes(gid) && !opts.nonUnique) {
      if (!opts.force) return yield* ctx.die(`GID '${gid}' already exists`, 4);
      gid = undefined;
    }
    yield* needRoot(ctx, '/etc/group', 10);
    gid ??= opts.system ? files.freeId(gids, 100, 999, true) : files.freeId(gids, 1000, 60000);
    if (gid === undefined) return yield* ctx.die("can't get unique GID (no more available GIDs)", 4);
    files.addGroup(name, gid, opts.users?.split(',') ?? []);
    yield* saveOrDie(ctx, files, 10);
    return 0;
  },
});
