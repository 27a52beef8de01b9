import { ContainerArchive, ContainerArchiveInfo, ContainerExport, ContainerPutArchive } from '../../api/container.ts';
import { ApiError } from '../../api/errors.ts';
import { type Route, serve } from '../server/serve.ts';
import { exportContainer, getArchive, putArchive, statArchive } from './archive.ts';

/** @throws ApiError for an empty path */
function requirePath(path: string | undefined): void {
  if (!path) throw new ApiError('invalid-parameter', 'bad parameter: pathcannot be empty');
}

export const archiveRoutes: Route[] = [
  serve(ContainerArchiveInfo, function* (call, { id, path }) {
    requirePath(path);
    yield* statArchive(call, call.daemon.containers.get(id), id, path ?? '');
  }),
  serve(ContainerArchive, function* (call, { id, path }) {
    requirePath(path);
    yield* getArchive(call, call.daemon.containers.get(id), id, path ?? '');
  }),
  serve(ContainerPutArchive, function* (call, { id, path, noOverwriteDirNonDir }) {
    requirePath(path);
    yield* putArchive(call, call.daemon.containers.get(id), id, path ?? '', noOverwriteDirNonDir ?? false);
  }),
  serve(ContainerExport, function* (call, { id }) {
    yield* exportContainer(call, call.daemon.containers.get(id));
  }),
];
