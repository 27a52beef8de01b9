import { ContainerArchive, ContainerArchiveInfo, ContainerExport, ContainerPutArchive } from '../../api/container.ts';
import { type Route, serve } from '../server/serve.ts';
import { exportContainer, getArchive, putArchive, statArchive } from './archive.ts';

export const archiveRoutes: Route[] = [
  serve(ContainerArchiveInfo, function* (call, { id, path }) {
    yield* statArchive(call, call.daemon.containers.get(id), id, path ?? '');
  }),
  serve(ContainerArchive, function* (call, { id, path }) {
    yield* getArchive(call, call.daemon.containers.get(id), id, path ?? '');
  }),
  serve(ContainerPutArchive, function* (call, { id, path, noOverwriteDirNonDir }) {
    yield* putArchive(call, call.daemon.containers.get(id), id, path ?? '', noOverwriteDirNonDir ?? false);
  }),
  serve(ContainerExport, function* (call, { id }) {
    yield* exportContainer(call, call.daemon.containers.get(id));
  }),
];
