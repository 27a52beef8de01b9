import type { Sys } from '../../abi/sys.ts';
import type { ContainerConfig } from '../../api/container-config.ts';
import { endpoint } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import type { ImageContainerConfig } from '../../api/image.ts';
import type { Wait } from '../../libc/io.ts';
import { tarTree } from '../../libc/tar-tree.ts';
import { type Route, serve } from '../server/serve.ts';
import { applyChanges } from './changes.ts';
import { requireReference } from './image-store.ts';
import { makeImage } from './make.ts';
import { EMPTY_LAYER } from './oci.ts';

export const ContainerCommit = endpoint<
  {
    container?: string;
    repo?: string;
    tag?: string;
    comment?: string;
    author?: string;
    pause?: boolean;
    changes?: string[];
  },
  { Id: string },
  Partial<ContainerConfig>
>({
  method: 'POST',
  path: '/commit',
  since: '1.21',
  ok: 201,
  query: {
    container: 'string',
    repo: 'string',
    tag: 'string',
    comment: 'string',
    author: 'string',
    pause: 'bool',
    changes: 'list',
  },
  body: 'json',
});

/** POST /commit: a container's changes as a layer above its image's. */
export const commitRoutes: Route[] = [
  serve(ContainerCommit, function* (call, params) {
    const { daemon, sys } = call;
    const reference = params.repo ? requireReference(params.repo + (params.tag ? `:${params.tag}` : '')) : undefined;
    const container = daemon.containers.get(params.container ?? '');
    if (reference?.digest !== undefined)
      throw new ApiError('invalid-parameter', 'refusing to create a tag with a digest reference');
    const given = yield* call.body<Partial<ContainerConfig>>(true);
    const config = { ...container.config, ...given } as Partial<ContainerConfig> & Partial<ImageContainerConfig>;
    applyChanges(config, params.changes ?? []);
    // `CMD []` does not take the command away: an empty one is the container's
    if (!config.Cmd || config.Cmd.length === 0) config.Cmd = container.config.Cmd;
    const base = daemon.imageStore.byId(container.image);
    const upper = yield* copyUpper(sys, daemon, container.layer!.mountId, base?.topLayer);
    const layer = upper?.diffId === EMPTY_LAYER ? undefined : upper;
    if (upper && !layer) yield* dropLayer(sys, daemon, upper);
    const image = yield* makeImage(sys, daemon.imageStore, {
      base,
      layers: layer ? [layer] : [],
      history: [
        {
          created_by: [container.path, ...container.args].join(' '),
          ...(params.author ? { author: params.author } : {}),
          ...(params.comment ? { comment: params.comment } : {}),
          ...(layer ? {} : { empty_layer: true }),
        },
      ],
      config,
      container: { id: container.id, config: container.config },
      author: params.author,
      parent: base?.id,
    });
    if (reference) yield* daemon.imageStore.name(sys, image, reference);
    daemon.events.log(sys, 'container', 'commit', container.id, {
      image: container.config.Image,
      name: container.name.replace(/^\//, ''),
      imageID: image.id,
      imageRef: params.repo ?? '',
      comment: params.comment ?? '',
    });
    return { Id: image.id };
  }),
];

type Daemon = Parameters<Route['handle']>[0]['daemon'];
type TopLayer = NonNullable<ReturnType<Daemon['imageStore']['byId']>>['topLayer'];

/** The container's upper directory as a new layer. */
export function* copyUpper(sys: Sys, daemon: Daemon, mountId: string, parent: TopLayer): Wait<TopLayer> {
  const pieces: Uint8Array[] = [];
  const size = yield* tarTree(
    sys,
    daemon.layers.diffPath(mountId),
    { prefix: '', layer: true, include: (path) => !MADE_BY_ENGINE.has(path) },
    function* (bytes) {
      pieces.push(bytes.slice());
      return true;
    },
  );
  if (size < 0) throw new ApiError('internal', 'failed to read the container layer');
  return yield* daemon.imageStore.layers.register(sys, parent, function* () {
    return pieces.shift();
  });
}

/** Places for mounts that the engine made in the container's layer. */
const MADE_BY_ENGINE = new Set([
  'dev',
  'proc',
  'sys',
  '.dockerenv',
  'etc/hostname',
  'etc/hosts',
  'etc/resolv.conf',
  'etc/mtab',
]);

/** A layer that nobody is to have, if nobody has it. */
function* dropLayer(sys: Sys, daemon: Daemon, layer: NonNullable<TopLayer>): Wait<void> {
  daemon.imageStore.layers.hold(layer);
  yield* daemon.imageStore.layers.release(sys, layer);
}
