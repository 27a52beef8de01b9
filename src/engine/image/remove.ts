import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { ImageDeleteItem } from '../../api/image.ts';
import { familiarString, parseReference, tagNameOnly } from '../../lib/reference.ts';
import type { Wait } from '../../libc/io.ts';
import type { Image, ImageStore } from './image-store.ts';

/** A container that uses an image. */
export interface ImageUser {
  readonly id: string;
  readonly running: boolean;
}

/** What removing an image needs besides the store. */
export interface RemoveContext {
  store: ImageStore;
  using(imageId: string): ImageUser[];
  log(sys: Sys, action: string, id: string, name: string): void;
}

const short = (id: string): string => id.replace(/^sha256:/, '').slice(0, 12);

/**
 * Removes a name of an image, and with its last one the image: DELETE /images/{name}.
 * @throws ApiError with the engine's words for what is still in use
 * @see moby daemon/images/image_delete.go
 */
export function* removeImage(
  sys: Sys,
  ctx: RemoveContext,
  text: string,
  force: boolean,
  prune = true,
): Wait<ImageDeleteItem[]> {
  const { store } = ctx;
  const image = store.get(text);
  const items: ImageDeleteItem[] = [];
  const names = [...store.tags(image.id), ...store.digests(image.id)];
  const users = ctx.using(image.id);
  const byId = isIdOf(image, text) && !names.includes(nameOf(text) ?? '');
  if (!byId) {
    const name = nameOf(text)!;
    const tags = store.tags(image.id);
    const single = tags.length <= 1 || (name.includes('@') && tags.length === 0);
    if (single && !force && users.length > 0) {
      const user = users.find((u) => u.running) ?? users[0]!;
      throw new ApiError(
        'conflict',
        `conflict: unable to remove repository reference "${text}" (must force) - container ${short(user.id)} is using its referenced image ${short(image.id)}`,
      );
    }
    yield* untag(sys, ctx, image, name, items);
    if (!name.includes('@')) yield* untagDigests(sys, ctx, image, repositoryOf(name), items);
    if (store.tags(image.id).length > 0) return items;
    for (const digest of store.digests(image.id)) yield* untag(sys, ctx, image, digest, items);
    yield* deleteImage(sys, ctx, image, items, force, prune, true);
    return items;
  }
  if (!force && new Set(names.map(repositoryOf)).size > 1)
    throw new ApiError(
      'conflict',
      `conflict: unable to delete ${short(image.id)} (must be forced) - image is referenced in multiple repositories`,
    );
  checkConflicts(ctx, image, force);
  for (const name of names) yield* untag(sys, ctx, image, name, items);
  yield* deleteImage(sys, ctx, image, items, force, prune, false);
  return items;
}

function isIdOf(image: Image, text: string): boolean {
  const hex = text.replace(/^sha256:/, '');
  return /^[0-9a-f]+$/.test(hex) && image.id.startsWith(`sha256:${hex}`);
}

function nameOf(text: string): string | undefined {
  try {
    return familiarString(tagNameOnly(parseReference(text)));
  } catch {
    return undefined;
  }
}

const repositoryOf = (name: string): string => name.replace(/[:@][^/]*$/, '');

/** Takes away the digests of a repository in which the image has no tag any more. */
function* untagDigests(
  sys: Sys,
  ctx: RemoveContext,
  image: Image,
  repository: string,
  items: ImageDeleteItem[],
): Wait<void> {
  const inIt = (name: string): boolean => repositoryOf(name) === repository;
  if (ctx.store.tags(image.id).some(inIt)) return;
  for (const digest of ctx.store.digests(image.id).filter(inIt)) yield* untag(sys, ctx, image, digest, items);
}

function checkConflicts(ctx: RemoveContext, image: Image, force: boolean): void {
  const { store } = ctx;
  const conflict = (hard: boolean, why: string): never => {
    throw new ApiError(
      'conflict',
      `conflict: unable to delete ${short(image.id)} (${hard ? 'cannot' : 'must'} be forced) - ${why}`,
    );
  };
  if (store.children(image.id).length > 0) conflict(true, 'image has dependent child images');
  const users = ctx.using(image.id);
  const running = users.find((user) => user.running);
  if (running) conflict(true, `image is being used by running container ${short(running.id)}`);
  if (!force && users.length > 0) conflict(false, `image is being used by stopped container ${short(users[0]!.id)}`);
}

function* untag(sys: Sys, ctx: RemoveContext, image: Image, name: string, items: ImageDeleteItem[]): Wait<void> {
  if (!(yield* ctx.store.unname(sys, name))) return;
  items.push({ Untagged: name });
  ctx.log(sys, 'untag', image.id, image.id);
}

function* deleteImage(
  sys: Sys,
  ctx: RemoveContext,
  image: Image,
  items: ImageDeleteItem[],
  force: boolean,
  prune: boolean,
  quiet: boolean,
): Wait<void> {
  if (quiet) {
    const users = ctx.using(image.id);
    if (ctx.store.children(image.id).length > 0 || users.some((user) => user.running || !force)) return;
  } else checkConflicts(ctx, image, force);
  const { parent } = image;
  for (const id of yield* ctx.store.delete(sys, image)) items.push({ Deleted: id });
  ctx.log(sys, 'delete', image.id, image.id);
  const up = parent === undefined || !prune ? undefined : ctx.store.byId(parent);
  if (up && ctx.store.tags(up.id).length === 0 && ctx.store.digests(up.id).length === 0)
    yield* deleteImage(sys, ctx, up, items, false, true, true);
}
