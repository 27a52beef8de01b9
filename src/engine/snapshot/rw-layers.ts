import { isCharDevice, isDirectory, S_IFREG, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import { mkdirp, removeTree } from '../../libc/paths.ts';
import { readText, writeNew } from '../disk.ts';
import { randomHex } from '../ids.ts';
import type { Overlay2 } from './overlay2.ts';

/** What a container has of its own on top of its image. */
export interface RwLayer {
  /** Directory in overlay2. */
  mountId: string;
  initId: string;
  /** Chain id of the image's layers (`sha256:…`); '' for an image without layers. */
  parent: string;
}

/** What every container finds in its root: things that mounts will cover. */
const INIT_NODES: readonly (readonly [path: string, kind: 'dir' | 'file' | 'link'])[] = [
  ['dev', 'dir'],
  ['dev/pts', 'dir'],
  ['dev/shm', 'dir'],
  ['dev/console', 'file'],
  ['proc', 'dir'],
  ['sys', 'dir'],
  ['.dockerenv', 'file'],
  ['etc', 'dir'],
  ['etc/resolv.conf', 'file'],
  ['etc/hosts', 'file'],
  ['etc/hostname', 'file'],
  ['etc/mtab', 'link'],
];

interface InitNode {
  path: string;
  kind: 'dir' | 'file' | 'link';
  mode: number;
  uid: number;
  gid: number;
}

/**
 * The writable layers of the containers: image/overlay2/layerdb/mounts/CONTAINER/{init-id,mount-id,parent} and, in the
 * driver, ID-init (what every container has) with ID (what it wrote) on top.
 */
export class RwLayers {
  readonly #driver: Overlay2;
  readonly #root: string;
  /** What the init layer on an image's uppermost layer must have. */
  readonly #plans: Map<string, InitNode[]> = new Map();

  constructor(driver: Overlay2, root: string) {
    this.#driver = driver;
    this.#root = `${root}/image/overlay2/layerdb/mounts`;
  }

  *restore(sys: Sys): Wait<void> {
    mkdirp(sys, this.#root, 0o700);
  }

  /**
   * Makes the layers of a new container.
   * @param top directory in overlay2 of the image's uppermost layer; undefined: the image has none
   */
  *create(sys: Sys, containerId: string, top: string | undefined, parent: string): Wait<RwLayer> {
    const mountId = randomHex(sys, 32);
    const initId = `${mountId}-init`;
    const place = `${this.#root}/${containerId}`;
    // first on record, then on the disk: what was not finished is found and removed
    sys.mkdir(place, 0o755);
    yield* writeNew(sys, `${place}/mount-id`, mountId, 0o644);
    yield* writeNew(sys, `${place}/init-id`, initId, 0o644);
    if (parent !== '') yield* writeNew(sys, `${place}/parent`, parent, 0o644);
    yield* this.#driver.create(sys, initId, top);
    yield* this.#fillInit(sys, initId, top);
    yield* this.#driver.create(sys, mountId, initId);
    return { mountId, initId, parent };
  }

  /** Makes what the image lacks; a directory that the image has keeps its mode and owner. */
  *#fillInit(sys: Sys, initId: string, top: string | undefined): Wait<void> {
    const key = top ?? '';
    const plan = this.#plans.get(key) ?? (yield* this.#plan(sys, top));
    this.#plans.set(key, plan);
    const diff = this.#driver.diffPath(initId);
    const mask = sys.umask(0);
    for (const node of plan) {
      const path = `${diff}/${node.path}`;
      if (node.kind === 'dir') sys.mkdir(path, node.mode);
      else if (node.kind === 'link') sys.symlink('/proc/mounts', path);
      else sys.mknod(path, S_IFREG | node.mode, 0);
      if (node.uid !== 0 || node.gid !== 0) sys.lchown(path, node.uid, node.gid);
    }
    sys.umask(mask);
  }

  *#plan(sys: Sys, top: string | undefined): Wait<InitNode[]> {
    const below = top === undefined ? [] : [this.#driver.diffPath(top), ...(yield* this.#driver.lowerPaths(sys, top))];
    const plan: InitNode[] = [];
    for (const [path, kind] of INIT_NODES) {
      const st = find(sys, below, path);
      if (!st) plan.push({ path, kind, mode: 0o755, uid: 0, gid: 0 });
      else if (kind === 'dir' && isDirectory(st.mode))
        plan.push({ path, kind, mode: st.mode & 0o7777, uid: st.uid, gid: st.gid });
    }
    // a directory of the image is copied up only for what is made in it
    return plan.filter(
      (node) =>
        !(node.kind === 'dir' && find(sys, below, node.path)) || plan.some((n) => n.path.startsWith(`${node.path}/`)),
    );
  }

  /** The layers of a container. @returns undefined where it has none */
  *get(sys: Sys, containerId: string): Wait<RwLayer | undefined> {
    const place = `${this.#root}/${containerId}`;
    const mountId = yield* readText(sys, `${place}/mount-id`);
    if (mountId === undefined) return undefined;
    const initId = (yield* readText(sys, `${place}/init-id`)) ?? `${mountId}-init`;
    return { mountId, initId, parent: (yield* readText(sys, `${place}/parent`)) ?? '' };
  }

  *remove(sys: Sys, containerId: string): Wait<void> {
    const layer = yield* this.get(sys, containerId);
    if (layer) {
      yield* this.#driver.remove(sys, layer.mountId);
      yield* this.#driver.remove(sys, layer.initId);
    }
    removeTree(sys, `${this.#root}/${containerId}`);
  }
}

/** The uppermost of the layers' files at `path`. @returns undefined where none has it, or a whiteout hides it */
function find(sys: Sys, layers: readonly string[], path: string): Stat | undefined {
  const st = new Stat();
  for (const layer of layers) {
    if (sys.lstat(`${layer}/${path}`, st) < 0) continue;
    return isCharDevice(st.mode) && st.rdev === 0 ? undefined : st;
  }
  return undefined;
}
