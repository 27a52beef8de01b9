import { CLOCK_REALTIME } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import {
  ImageCreate,
  type ImageDeleteItem,
  ImageHistory,
  ImageInspect,
  ImageList,
  ImageLoad,
  ImagePrune,
  ImagePush,
  ImageRemove,
  ImageSave,
  ImagesSave,
  ImageTag,
} from '../../api/image.ts';
import { formatPlatform, type Platform, platformFits } from '../../lib/platform.ts';
import { familiarName, familiarString, isTag, type Reference, tagNameOnly } from '../../lib/reference.ts';
import type { Wait } from '../../libc/io.ts';
import type { Call } from '../server/call.ts';
import { type Route, serve } from '../server/serve.ts';
import { loadImages, savedImages, saveImages } from './archive.ts';
import { download } from './download.ts';
import { type Image, requireReference } from './image-store.ts';
import { importImage } from './import.ts';
import { createdAt, flagFilter, imageHistory, inspectImage, labelsFit, listImages, pointInTime } from './list.ts';
import { inspectFor, summaryFor } from './old-clients.ts';
import { checkedPlatform, checkPlatform, readPlatform } from './platform.ts';
import { Progress } from './progress.ts';
import { progressClock, pull, pullAllTags } from './pull.ts';
import { push } from './push.ts';
import { readAuth } from './registry-client.ts';
import { type RemoveContext, removeImage } from './remove.ts';

const seconds = (sys: Sys): number => sys.now(CLOCK_REALTIME) / 1000;

function removeContext(call: Call): RemoveContext {
  const { daemon } = call;
  return {
    store: daemon.imageStore,
    using: (id) => daemon.containers.using(id),
    log: (sys, action, id, name) => daemon.events.log(sys, 'image', action, id, attributes(call, id, name)),
  };
}

/** Attributes of an image's events: its labels and its name. */
function attributes(call: Call, id: string, name: string): Record<string, string> {
  return { ...call.daemon.imageStore.byId(id)?.config.config?.Labels, name };
}

/** `repo` and `tag` of a query, where the repository may have the tag already. @throws ApiError */
function named(repo: string, tag: string | undefined): Reference {
  const reference = requireReference(repo);
  if (tag === undefined || tag === '') return reference;
  if (tag.startsWith('sha256:')) return { domain: reference.domain, path: reference.path, digest: tag };
  if (!isTag(tag)) throw new ApiError('invalid-parameter', 'invalid tag format');
  return { domain: reference.domain, path: reference.path, tag };
}

/** An image by name; of the platform, where one is asked for. @throws ApiError */
function imageFor(call: Call, name: string, platform: Platform | undefined): Image {
  const image = call.daemon.imageStore.get(name);
  if (platform) checkPlatform(image, name, platform);
  return image;
}

/** Runs what writes a progress stream; an error after its begin goes into the stream. */
function* streaming(call: Call, work: (progress: Progress) => Wait<void>): Wait<void> {
  const progress = new Progress(yield* call.stream('application/json'), progressClock(call.sys));
  try {
    yield* work(progress);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    yield* progress.say({ errorDetail: { message: error.message }, error: error.message });
  }
}

export const imageRoutes: Route[] = [
  serve(ImageList, function* (call, params) {
    const { daemon } = call;
    const filters = { ...params.filters };
    if (params.filter && !call.since('1.41')) filters.reference = [params.filter];
    // clients before 1.51 are not told how many containers use an image
    const count = call.since('1.51') ? (id: string) => daemon.containers.using(id).length : () => -1;
    const rows = listImages(daemon.imageStore, filters, seconds(call.sys), count, {
      all: params.all ?? false,
      shared: params['shared-size'] ?? false,
    });
    return rows.map((row) => summaryFor(call, row));
  }),
  serve(ImageInspect, function* (call, params) {
    const { daemon, sys } = call;
    const image = imageFor(call, params.name, params.platform);
    const lowers = image.topLayer ? yield* daemon.layers.lowerPaths(sys, image.topLayer.cacheId) : [];
    const shown = inspectImage(daemon.imageStore, image, (id) => daemon.layers.directory(id), lowers);
    return inspectFor(call, shown);
  }),
  serve(ImageHistory, function* (call, params) {
    return imageHistory(call.daemon.imageStore, imageFor(call, params.name, params.platform));
  }),
  serve(ImagePush, function* (call, params) {
    const { daemon, sys } = call;
    const { domain, path } = requireReference(params.name);
    const tag = params.tag || undefined;
    if (tag !== undefined && !isTag(tag)) throw new ApiError('invalid-parameter', 'invalid tag format');
    const reference: Reference = { domain, path, ...(tag === undefined ? {} : { tag }) };
    const auth = readAuth(call.header('x-registry-auth'));
    yield* streaming(call, function* (progress) {
      const options = { auth, insecure: daemon.registries.insecure };
      yield* push(sys, daemon.imageStore, reference, options, progress);
      const name = familiarString(reference);
      daemon.events.log(sys, 'image', 'push', name, { name: familiarName(reference) });
    });
  }),
  serve(ImageTag, function* (call, params) {
    const { daemon, sys } = call;
    const image = daemon.imageStore.get(params.name);
    if (!params.repo) {
      // no name, no error: the engine does nothing
      call.status = 200;
      return;
    }
    const reference = named(params.repo, params.tag);
    if (reference.digest !== undefined) throw new ApiError('invalid-parameter', 'cannot import digest reference');
    yield* daemon.imageStore.name(sys, image, reference);
    daemon.events.log(
      sys,
      'image',
      'tag',
      image.id,
      attributes(call, image.id, familiarString(tagNameOnly(reference))),
    );
  }),
  serve(ImageRemove, function* (call, params) {
    for (const platform of params.platforms ?? []) imageFor(call, params.name, readPlatform(platform));
    return yield* removeImage(
      call.sys,
      removeContext(call),
      params.name,
      params.force ?? false,
      !(params.noprune ?? false),
    );
  }),
  serve(ImagePrune, function* (call, params) {
    const { daemon, sys } = call;
    const filters = params.filters ?? {};
    for (const name of Object.keys(filters))
      if (!['dangling', 'label', 'label!', 'until'].includes(name))
        throw new ApiError('invalid-parameter', `invalid filter '${name}'`);
    const danglingOnly = flagFilter(filters, 'dangling') ?? true;
    const until = filters.until?.[0] === undefined ? undefined : pointInTime(filters.until[0], seconds(sys));
    const deleted: ImageDeleteItem[] = [];
    let reclaimed = 0;
    const before = totalSize(call);
    for (const image of daemon.imageStore.all()) {
      const tags = daemon.imageStore.tags(image.id);
      if (danglingOnly && tags.length > 0) continue;
      if (daemon.containers.using(image.id).length > 0 || daemon.imageStore.children(image.id).length > 0) continue;
      if (until !== undefined && createdAt(image) >= until) continue;
      if (
        !labelsFit(image, filters.label ?? []) ||
        (filters['label!'] ?? []).some((label) => labelsFit(image, [label]))
      )
        continue;
      try {
        for (const name of tags.length > 0 ? tags : [image.id])
          deleted.push(...(yield* removeImage(sys, removeContext(call), name, false)));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
      }
    }
    reclaimed = before - totalSize(call);
    daemon.events.log(sys, 'image', 'prune', '', { reclaimed: String(reclaimed) });
    return { ImagesDeleted: deleted.length > 0 ? deleted : null, SpaceReclaimed: reclaimed };
  }),
  serve(ImageCreate, function* (call, params) {
    const { daemon, sys } = call;
    const platform = params.platform ? checkedPlatform(params.platform) : undefined;
    if (params.fromImage) {
      const reference = named(params.fromImage, params.tag);
      const auth = readAuth(call.header('x-registry-auth'));
      yield* withStream(call, function* (progress) {
        const options = { auth, registries: daemon.registries, platform };
        const all = reference.tag === undefined && reference.digest === undefined;
        const images = all
          ? yield* pullAllTags(sys, daemon.imageStore, reference, options, progress)
          : [yield* pull(sys, daemon.imageStore, reference, options, progress)];
        const name = params.fromImage! + (params.tag ? `:${params.tag}` : '');
        for (const { id } of images)
          daemon.events.log(sys, 'image', 'pull', name, attributes(call, id, params.fromImage!));
      });
      return;
    }
    const reference = params.repo ? named(params.repo, params.tag) : undefined;
    yield* withStream(call, function* (progress) {
      const from = params.fromSrc ?? '';
      const next = from === '-' ? () => call.read() : yield* download(sys, daemon, from, progress);
      const image = yield* importImage(sys, daemon.imageStore, next, {
        reference,
        message: params.message || `Imported from ${from}`,
        changes: params.changes ?? [],
        platform,
      });
      daemon.events.log(sys, 'image', 'import', image.id, { name: image.id });
      yield* progress.say({ status: image.id });
    });
  }),
  serve(ImageSave, function* (call, params) {
    yield* save(call, [params.name], params.platform);
  }),
  serve(ImagesSave, function* (call, params) {
    yield* save(call, params.names ?? [], params.platform);
  }),
  serve(ImageLoad, function* (call) {
    const { daemon, sys } = call;
    yield* streaming(call, function* (progress) {
      const images = yield* loadImages(
        sys,
        daemon.imageStore,
        daemon.root,
        () => call.read(),
        (message) => progress.say(message),
      );
      for (const image of images)
        daemon.events.log(sys, 'image', 'load', image.id, attributes(call, image.id, image.id));
    });
  }),
];

/** As `streaming`, but an error before the first message is an ordinary answer. */
function* withStream(call: Call, work: (progress: Progress) => Wait<void>): Wait<void> {
  let progress: Progress | undefined;
  const lazy = {
    *json(value: unknown) {
      progress ??= new Progress(yield* call.stream('application/json'), progressClock(call.sys));
      return yield* progress.stream.json(value);
    },
    get gone(): boolean {
      return progress?.gone ?? false;
    },
  };
  try {
    yield* work(new Progress(lazy as Progress['stream'], progressClock(call.sys)));
  } catch (error) {
    if (!progress || !(error instanceof Error)) throw error;
    yield* progress.say({ errorDetail: { message: error.message }, error: error.message });
  }
}

function* save(call: Call, names: readonly string[], platforms: readonly string[] = []): Wait<void> {
  const { daemon, sys } = call;
  const images = savedImages(daemon.imageStore, names);
  for (const text of platforms) {
    const wanted = readPlatform(text);
    if (images.some((image) => !platformFits(image.config, wanted)))
      throw new ApiError('not-found', `no suitable export target found for platform ${formatPlatform(wanted)}`);
  }
  const stream = yield* call.stream('application/x-tar');
  yield* saveImages(sys, daemon.imageStore, names, (bytes) => stream.write(bytes));
  for (const image of images) daemon.events.log(sys, 'image', 'save', image.id, { name: image.id });
}

/** Bytes of all layers that images hold. */
function totalSize(call: Call): number {
  let total = 0;
  for (const layer of call.daemon.imageStore.layers.all()) total += layer.size;
  return total;
}
