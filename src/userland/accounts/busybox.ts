import type { Wait } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import { AccountFiles } from './database.ts';

type Voice = Pick<Context, 'sys' | 'die'>;

/** busybox `addgroup [-g GID] [-S] GROUP`, also what `addgroup USER GROUP` and `adduser USER GROUP` do. */
export function* busyboxAddGroup(
  ctx: Voice,
  words: readonly string[],
  gid: string | undefined,
  system: boolean,
): Wait<number> {
  const files = yield* AccountFiles.load(ctx.sys);
  const [first = '', second] = words;
  if (second !== undefined) return yield* busyboxMember(ctx, files, first, second);
  if (files.groups.some((group) => group.name === first)) return yield* ctx.die(`group '${first}' in use`);
  const used = files.groups.map((group) => group.gid);
  if (gid !== undefined && used.includes(Number(gid))) return yield* ctx.die(`gid '${gid}' in use`);
  const id = gid === undefined ? lowest(used, system) : Number(gid);
  files.addGroup(first, id);
  return yield* save(ctx, files);
}

export function* busyboxMember(ctx: Voice, files: AccountFiles, user: string, group: string): Wait<number> {
  if (!files.user(user)) return yield* ctx.die(`unknown user ${user}`);
  const found = files.groups.find((g) => g.name === group);
  if (!found) return yield* ctx.die(`unknown group ${group}`);
  files.addMember(found, user);
  return yield* save(ctx, files);
}

export function* save(ctx: Voice, files: AccountFiles): Wait<number> {
  const r = yield* files.save();
  return r < 0 ? yield* ctx.die('/etc/passwd: Permission denied') : 0;
}

/** The lowest free number of busybox's ranges. */
export function lowest(used: readonly number[], system: boolean): number {
  let id = system ? 100 : 1000;
  while (used.includes(id)) id++;
  return id;
}
