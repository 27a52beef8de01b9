import { EBUSY, ENOENT } from '../../abi/errno.ts';
import { MNT_DETACH } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import { listDir, mkdirp, removeTree } from '../../libc/paths.ts';
import { strerror } from '../../libc/strerror.ts';
import { readText, writeNew } from '../disk.ts';
import { randomLink } from '../ids.ts';
import { mountOverlay, unmount } from '../runtime/mounts.ts';

interface Layer {
  link: string;
  /** Short names of the layers below, uppermost first. */
  lower: readonly string[];
}

/**
 * The graph driver overlay2: each layer is a directory ID/{diff,link,lower,work}; l/LINK is a short name for its diff,
 * which keeps the options of the mount short. A layer with layers on top has the file `committed`.
 */
export class Overlay2 {
  readonly #root: string;
  readonly #layers: Map<string, Layer> = new Map();
  readonly #mounts: Map<string, number> = new Map();
  readonly #committed: Set<string> = new Set();

  /** @param root `/var/lib/docker/overlay2` */
  constructor(root: string) {
    this.#root = root;
  }

  *restore(sys: Sys): Wait<void> {
    mkdirp(sys, `${this.#root}/l`, 0o700);
    sys.chmod(this.#root, 0o710);
  }

  directory(id: string): string {
    return `${this.#root}/${id}`;
  }

  /** Where the layer's own files are. */
  diffPath(id: string): string {
    return `${this.#root}/${id}/diff`;
  }

  mergedPath(id: string): string {
    return `${this.#root}/${id}/merged`;
  }

  /** Ids of all layers on the disk. */
  list(sys: Sys): string[] {
    const names = listDir(sys, this.#root);
    return typeof names === 'number' ? [] : names.filter((name) => name !== 'l');
  }

  /** Removes short names of layers that are not there. */
  dropLinks(sys: Sys): void {
    const names = listDir(sys, `${this.#root}/l`);
    for (const name of typeof names === 'number' ? [] : names)
      if (sys.access(`${this.#root}/l/${name}`, 0) < 0) sys.unlink(`${this.#root}/l/${name}`);
  }

  exists(sys: Sys, id: string): boolean {
    return this.#layers.has(id) || sys.access(`${this.#root}/${id}/link`, 0) === 0;
  }

  /** Makes an empty layer on top of `parent`, which is committed by that. @throws ApiError */
  *create(sys: Sys, id: string, parent?: string): Wait<void> {
    const dir = this.directory(id);
    const below = parent === undefined ? undefined : yield* this.#layer(sys, parent);
    check(sys.mkdir(dir, 0o710), 'mkdir', dir);
    check(sys.mkdir(`${dir}/diff`, 0o755), 'mkdir', `${dir}/diff`);
    let link = randomLink(sys);
    while (sys.symlink(`../${id}/diff`, `${this.#root}/l/${link}`) < 0) link = randomLink(sys);
    const lower = below ? [below.link, ...below.lower] : [];
    if (parent !== undefined) {
      check(sys.mkdir(`${dir}/work`, 0o700), 'mkdir', `${dir}/work`);
      check(yield* writeNew(sys, `${dir}/lower`, lower.map((l) => `l/${l}`).join(':'), 0o644), 'write', `${dir}/lower`);
      yield* this.commit(sys, parent);
    }
    // the link comes last: a layer without one was not finished
    check(yield* writeNew(sys, `${dir}/link`, link, 0o644), 'write', `${dir}/link`);
    this.#layers.set(id, { link, lower });
  }

  /** Marks a layer as one that does not change any more. */
  *commit(sys: Sys, id: string): Wait<void> {
    if (this.#committed.has(id)) return;
    this.#committed.add(id);
    const file = `${this.directory(id)}/committed`;
    if (sys.access(file, 0) < 0) yield* writeNew(sys, file, '', 0o600);
  }

  *#layer(sys: Sys, id: string): Wait<Layer> {
    const known = this.#layers.get(id);
    if (known) return known;
    const link = yield* readText(sys, `${this.directory(id)}/link`);
    if (link === undefined) throw new ApiError('internal', `layer ${id} does not exist`);
    const lower = (yield* readText(sys, `${this.directory(id)}/lower`)) ?? '';
    const layer = { link, lower: lower === '' ? [] : lower.split(':').map((l) => l.slice(2)) };
    this.#layers.set(id, layer);
    return layer;
  }

  /** Directories of the layers below `id`, uppermost first. */
  *lowerPaths(sys: Sys, id: string): Wait<string[]> {
    const { lower } = yield* this.#layer(sys, id);
    const out: string[] = [];
    for (const link of lower) {
      const target = sys.readlink(`${this.#root}/l/${link}`);
      out.push(typeof target === 'string' ? `${this.#root}/${target.slice(3)}` : `${this.#root}/l/${link}`);
    }
    return out;
  }

  /** Mounts the layer with all below it, or counts one user more. @returns the mount point. @throws ApiError */
  *mount(sys: Sys, id: string): Wait<string> {
    const merged = this.mergedPath(id);
    const users = this.#mounts.get(id) ?? 0;
    if (users > 0) {
      this.#mounts.set(id, users + 1);
      return merged;
    }
    const { lower } = yield* this.#layer(sys, id);
    const dir = this.directory(id);
    if (lower.length === 0) return this.diffPath(id);
    const made = sys.mkdir(merged, 0o700);
    if (made < 0 && sys.access(merged, 0) < 0) check(made, 'mkdir', merged);
    const r = mountOverlay(sys, merged, {
      lower: lower.map((link) => `${this.#root}/l/${link}`),
      upper: `${dir}/diff`,
      work: `${dir}/work`,
    });
    if (r < 0) {
      sys.rmdir(merged);
      throw new ApiError('internal', `error creating overlay mount to ${merged}: ${strerror(-r, 'go')}`);
    }
    this.#mounts.set(id, (this.#mounts.get(id) ?? 0) + 1);
    return merged;
  }

  /** One user less; the last one unmounts it. */
  unmount(sys: Sys, id: string): void {
    const users = this.#mounts.get(id);
    if (users === undefined) return;
    if (users > 1) {
      this.#mounts.set(id, users - 1);
      return;
    }
    this.#mounts.delete(id);
    const merged = this.mergedPath(id);
    if (unmount(sys, merged, 0) === -EBUSY) unmount(sys, merged, MNT_DETACH);
    sys.rmdir(merged);
  }

  /** Removes a layer; what is not there is fine. @throws ApiError where its files cannot be removed */
  *remove(sys: Sys, id: string): Wait<void> {
    const dir = this.directory(id);
    if (this.#mounts.has(id)) {
      this.#mounts.set(id, 1);
      this.unmount(sys, id);
    }
    const link = this.#layers.get(id)?.link ?? (yield* readText(sys, `${dir}/link`));
    this.#layers.delete(id);
    this.#committed.delete(id);
    if (link) sys.unlink(`${this.#root}/l/${link}`);
    const r = removeTree(sys, dir);
    if (r < 0 && r !== -ENOENT) throw new ApiError('internal', `remove ${dir}: ${strerror(-r, 'go')}`);
  }
}

function check(r: number, verb: string, path: string): void {
  if (r < 0) throw new ApiError('internal', `${verb} ${path}: ${strerror(-r, 'go')}`);
}
