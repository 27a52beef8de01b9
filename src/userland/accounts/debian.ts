import type { Wait } from '../../libc/io.ts';
import { removeTree } from '../../libc/paths.ts';
import type { Context } from '../../libc/program.ts';
import { AccountFiles } from './database.ts';

type Voice = Pick<Context, 'sys' | 'name' | 'stdout' | 'stderr'>;

/** From 3.135 on, adduser's messages begin with `info: ` and `fatal: `. */
const levelled = (ctx: Voice): boolean => /^3\.(?:13[5-9]|1[4-9])/.test(ctx.sys.image.version);

export function* say(ctx: Voice, text: string): Wait<void> {
  yield* ctx.stdout.write(`${levelled(ctx) ? 'info: ' : ''}${text}\n`);
}

/** Prints the message of a failure. @returns `status` */
export function* fail(ctx: Voice, text: string, status = 1): Wait<number> {
  yield* ctx.stdout.flush();
  const name = ctx.name.slice(ctx.name.lastIndexOf('/') + 1);
  yield* ctx.stderr.write(levelled(ctx) ? `fatal: ${text}\n` : `${name}: ${text}\n`);
  return status;
}

/** `addgroup NAME`. */
export function* addGroup(ctx: Voice, name: string, gid: number | undefined, system: boolean): Wait<number> {
  const files = yield* AccountFiles.load(ctx.sys);
  const known = files.groups.find((group) => group.name === name);
  if (known) {
    if (!system) return yield* fail(ctx, `The group \`${name}' already exists.`);
    yield* say(ctx, `The group \`${name}' already exists as a system group. Exiting.`);
    return 0;
  }
  const used = files.groups.map((group) => group.gid);
  if (gid !== undefined && used.includes(gid)) return yield* fail(ctx, `The GID \`${gid}' is already in use.`);
  const id = gid ?? (system ? files.freeId(used, 100, 999) : files.freeId(used, 1000, 59999))!;
  yield* say(ctx, `Adding group \`${name}' (GID ${id}) ...`);
  files.addGroup(name, id);
  if ((yield* files.save()) < 0) return yield* fail(ctx, 'Permission denied');
  if (!levelled(ctx)) yield* say(ctx, 'Done.');
  return 0;
}

/** `adduser USER GROUP`. */
export function* addMember(ctx: Voice, user: string, group: string): Wait<number> {
  const files = yield* AccountFiles.load(ctx.sys);
  const found = files.group(group);
  if (!files.user(user)) return yield* fail(ctx, `The user \`${user}' does not exist.`);
  if (!found) return yield* fail(ctx, `The group \`${group}' does not exist.`);
  if (found.members.includes(user)) {
    yield* say(ctx, `The user \`${user}' is already a member of \`${group}'.`);
    return 0;
  }
  yield* say(ctx, `Adding user \`${user}' to group \`${group}' ...`);
  files.addMember(found, user);
  yield* files.save();
  if (!levelled(ctx)) yield* say(ctx, 'Done.');
  return 0;
}

/** `deluser USER GROUP`. */
export function* removeMember(ctx: Voice, user: string, group: string): Wait<number> {
  const files = yield* AccountFiles.load(ctx.sys);
  const found = files.group(group);
  if (!files.user(user)) return yield* fail(ctx, `The user \`${user}' does not exist.`, 2);
  if (!found) return yield* fail(ctx, `The group \`${group}' does not exist.`, 3);
  if (!found.members.includes(user))
    return yield* fail(ctx, `The user \`${user}' is not a member of group \`${group}'.`, 6);
  yield* say(ctx, `Removing user \`${user}' from group \`${group}' ...`);
  files.removeMember(found, user);
  yield* files.save();
  if (!levelled(ctx)) yield* say(ctx, 'Done.');
  return 0;
}

/** `deluser USER`. */
export function* removeUser(ctx: Voice, name: string, removeHome: boolean): Wait<number> {
  const files = yield* AccountFiles.load(ctx.sys);
  const user = files.user(name);
  if (!user) return yield* fail(ctx, `The user \`${name}' does not exist.`, 2);
  if (removeHome) {
    yield* say(ctx, 'Looking for files to backup/remove ...');
    yield* say(ctx, 'Removing files ...');
    removeTree(ctx.sys, user.dir);
  }
  yield* ctx.stdout.flush();
  if (ctx.sys.access('/usr/bin/crontab', 1) < 0)
    yield* ctx.stderr.write(
      levelled(ctx)
        ? "warn: `/usr/bin/crontab' not executed. Skipping crontab removal. Package `cron' required.\n"
        : `${ctx.name.slice(ctx.name.lastIndexOf('/') + 1)}: \`/usr/bin/crontab' not executed. Skipping crontab removal. Package \`cron' required.\n`,
    );
  yield* say(ctx, `Removing user \`${name}' ...`);
  files.removeUser(name);
  const own = files.groups.find((group) => group.name === name);
  if (own && !files.users.some((other) => other.gid === own.gid)) files.removeGroup(name);
  yield* files.save();
  if (!levelled(ctx)) yield* say(ctx, 'Done.');
  return 0;
}

/** `delgroup NAME`. */
export function* removeGroup(ctx: Voice, name: string): Wait<number> {
  const files = yield* AccountFiles.load(ctx.sys);
  const group = files.groups.find((g) => g.name === name);
  if (!group) return yield* fail(ctx, `The group \`${name}' does not exist.`, 3);
  const user = files.users.find((u) => u.gid === group.gid);
  if (user) return yield* fail(ctx, `\`${user.name}' still has \`${name}' as their primary group!`, 7);
  yield* say(ctx, `Removing group \`${name}' ...`);
  files.removeGroup(name);
  yield* files.save();
  if (!levelled(ctx)) yield* say(ctx, 'Done.');
  return 0;
}
