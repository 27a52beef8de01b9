import type { Library } from '../../abi/library.ts';
import {
  BuildCancel,
  BuildGrpc,
  BuildPolicies,
  BuildPrune,
  BuildRecordMessages,
  BuildRecordRemove,
  BuildRecords,
  BuildSession,
  ImageBuild,
} from '../../api/build.ts';
import { ApiError } from '../../api/errors.ts';
import { InvalidReference, parseReference } from '../../lib/reference.ts';
import { library, type Wait } from '../../libc/io.ts';
import type { Call } from '../server/call.ts';
import { type Route, serve } from '../server/serve.ts';
import { gcPolicies } from './collector.ts';
import { BuildControl } from './control.ts';
import { pruneFilter } from './prune-filter.ts';
import { BuildRecords as Records } from './records.ts';

/** The builder, and what BuildKit's own clients speak: not loaded before somebody builds. */
const BUILDER: Library<typeof import('./archive-build.ts')> = {
  name: 'builder',
  load: () => import('./archive-build.ts'),
};
const BUILDKIT: Library<typeof import('./buildkit/serve.ts')> = {
  name: 'buildkit',
  load: () => import('./buildkit/serve.ts'),
};

/** @throws ApiError where it cannot be loaded */
function* part<T extends object>(call: Call, wanted: Library<T>): Wait<T> {
  const loaded = yield* library(call.sys, wanted);
  if (typeof loaded === 'number') throw new ApiError('unavailable', `cannot load ${wanted.name}`);
  return loaded;
}

export const buildRoutes: Route[] = [
  serve(ImageBuild, function* (call, params) {
    const tags = (params.t ?? []).filter((tag) => tag !== '');
    for (const tag of tags) checkTag(tag);
    const control = new BuildControl();
    const { sys, daemon, connection } = call;
    const watch = (): Wait<void> => daemon.hangups.watch(sys, connection.fd, () => control.cancel(sys));
    try {
      const { archiveBuild, classicBuild } = yield* part(call, BUILDER);
      yield* (params.version === '2' ? archiveBuild : classicBuild)(call, params, tags, control, watch);
    } finally {
      yield* daemon.hangups.unwatch(sys, connection.fd);
    }
  }),
  serve(BuildCancel, function* (_call, { id }) {
    if (!id) throw new ApiError('invalid-parameter', 'build ID not provided');
  }),
  serve(BuildGrpc, function* (call) {
    const { serveGrpc } = yield* part(call, BUILDKIT);
    yield* serveGrpc(call);
  }),
  serve(BuildSession, function* (call) {
    const { serveSession } = yield* part(call, BUILDKIT);
    yield* serveSession(call);
  }),
  serve(BuildPrune, function* (call, params) {
    const filter = pruneFilter(call.sys, params.filters ?? {}, params.all ?? false);
    const gone = yield* call.daemon.buildCache.prune(call.sys, filter, {
      reservedSpace: Number(params['reserved-space'] || params['keep-storage']) || 0,
      maxUsedSpace: Number(params['max-used-space']) || 0,
      minFreeSpace: Number(params['min-free-space']) || 0,
    });
    const ids = gone.map((record) => record.id);
    return {
      CachesDeleted: ids.length > 0 ? ids : null,
      SpaceReclaimed: gone.reduce((sum, record) => sum + record.size, 0),
    };
  }),
  serve(BuildPolicies, function* (call) {
    return gcPolicies(call.sys, call.daemon);
  }),
  serve(BuildRecords, function* (call) {
    return yield* recordsOf(call).list(call.sys);
  }),
  serve(BuildRecordMessages, function* (call, { ref }) {
    return yield* recordsOf(call).messages(call.sys, ref);
  }),
  serve(BuildRecordRemove, function* (call, { ref }) {
    yield* recordsOf(call).remove(call.sys, ref);
  }),
];

const recordsOf = ({ daemon }: Call): Records => new Records(daemon.root);

/** @throws ApiError for a tag that is no reference */
function checkTag(tag: string): void {
  try {
    parseReference(tag);
  } catch (error) {
    if (error instanceof InvalidReference) throw new ApiError('invalid-parameter', error.message);
    throw error;
  }
}
