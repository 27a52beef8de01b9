import type { Sys } from '../../abi/sys.ts';
import type { ContainerConfig } from '../../api/container-config.ts';
import type { Platform } from '../../lib/platform.ts';
import { encode } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import { stamp } from '../clock.ts';
import { fullConfig } from '../container/defaults.ts';
import { SERVER_VERSION } from '../server/connection.ts';
import type { Image, ImageStore } from './image-store.ts';
import type { Layer } from './layer-store.ts';
import type { HistoryEntry, ImageConfig } from './oci.ts';

/** What a new image is made of besides its parent. */
export interface NewImage {
  /** The image below, whose layers and history go on. */
  base: Image | undefined;
  /** Layers above the base's, from below. */
  layers: readonly Layer[];
  history: readonly HistoryEntry[];
  config: Partial<ContainerConfig>;
  /** The container that it is made of. */
  container?: { id: string; config: ContainerConfig } | undefined;
  author?: string | undefined;
  comment?: string | undefined;
  /** What it is for, where that is not the base's. */
  platform?: Platform | undefined;
  /** Parent in the sense of the classic builder and of commit. */
  parent?: string | undefined;
}

/** All fields of a configuration; labels are null where there is no container that they could be of. */
const written = (config: Partial<ContainerConfig>): ContainerConfig => ({
  ...fullConfig(config),
  ...(config.Labels ? {} : { Labels: null as never }),
});

/** Writes an image's configuration as the engine marshals it (fields in the order of their names) and adds it. */
export function* makeImage(sys: Sys, store: ImageStore, what: NewImage): Wait<Image> {
  const created = stamp(sys);
  const below = what.base?.config;
  const config: ImageConfig = {
    architecture: what.platform?.architecture ?? below?.architecture ?? 'amd64',
    ...(what.author ? { author: what.author } : below?.author ? { author: below.author } : {}),
    ...(what.comment ? { comment: what.comment } : {}),
    config: written(what.config),
    ...(what.container ? { container: what.container.id } : {}),
    container_config: written(what.container?.config ?? {}),
    created,
    docker_version: SERVER_VERSION,
    history: [...(below?.history ?? []), ...what.history.map((entry) => ({ created, ...entry }))],
    os: what.platform?.os ?? below?.os ?? 'linux',
    rootfs: {
      type: 'layers',
      diff_ids: [...(below?.rootfs.diff_ids ?? []), ...what.layers.map((layer) => layer.diffId)],
    },
    ...(what.platform?.variant ? { variant: what.platform.variant } : {}),
  };
  return yield* store.add(sys, encode(JSON.stringify(config)), what.parent);
}
