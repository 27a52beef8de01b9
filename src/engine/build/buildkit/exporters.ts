import type { Sys } from '../../../abi/sys.ts';
import { formatReference, InvalidReference, parseReference } from '../../../lib/reference.ts';
import type { Wait } from '../../../libc/io.ts';
import { tarTree } from '../../../libc/tar-tree.ts';
import type { Daemon } from '../../daemon.ts';
import { BuildError } from '../context.ts';
import type { BuildJob } from '../job.ts';
import type { Exporter } from './control-proto.ts';
import { sendArchive, sendFolder } from './file-send.ts';
import type { Session } from './session.ts';

/** Bytes after which a transfer is shown again. */
const SHOWN_STEP = 1_000_000;

/** What an export works with. */
export interface Export {
  daemon: Daemon;
  job: BuildJob;
  session: Session;
  /** Number of the exporter in the client's request. */
  index: number;
  attrs: ReadonlyMap<string, string>;
  /** Takes what the client is told of the result. */
  response: Map<string, string>;
}

type Run = (sys: Sys, work: Export) => Wait<void>;

/** The exporters that the engine has. @see moby daemon/builder/builder-next/worker Exporter */
const EXPORTERS: Readonly<Record<string, Run>> = { moby: image, image, local, tar };

/** @throws BuildError for one that is not there */
export function exporterOf({ Type }: Exporter): Run {
  const run = EXPORTERS[Type];
  if (run) return run;
  throw new BuildError(`exporter ${JSON.stringify(Type)} could not be found`);
}

function* image(sys: Sys, { daemon, job, attrs, response }: Export): Wait<void> {
  const tags = (attrs.get('name') ?? '').split(',').filter((name) => name !== '');
  const names = tags.map(fullName);
  const made = yield* job.image(tags);
  daemon.events.log(sys, 'image', 'build', made.id, { name: tags[0] ?? made.id });
  if (names.length > 0) response.set('image.name', names.join(','));
  response.set('containerimage.config.digest', made.id);
  response.set('containerimage.digest', made.id);
}

function fullName(name: string): string {
  try {
    return formatReference(parseReference(name));
  } catch (error) {
    if (!(error instanceof InvalidReference)) throw error;
    throw new BuildError(`failed to parse ${name}: ${error.message}`);
  }
}

function* local(sys: Sys, { job, session, index }: Export): Wait<void> {
  const { display } = job;
  const vertex = yield* display.begin('exporting to client directory');
  const started = display.now();
  let shown = 0;
  let size = 0;
  yield* job.tree((root) =>
    sendFolder(sys, session, index, root, function* (bytes) {
      size = bytes;
      if (bytes - shown < SHOWN_STEP) return;
      shown = bytes;
      yield* display.transfer(vertex, 'copying files', bytes, false, started);
    }),
  );
  yield* display.transfer(vertex, 'copying files', size, true, started);
  yield* display.end(vertex);
}

function* tar(sys: Sys, { job, session, index }: Export): Wait<void> {
  const { display } = job;
  const vertex = yield* display.begin('exporting to client tarball');
  yield* job.tree((root) =>
    sendArchive(sys, session, index, (sink) => tarTree(sys, root, { prefix: '', layer: false }, sink)),
  );
  yield* display.status(vertex, 'sending tarball', true);
  yield* display.end(vertex);
}
