import { CLOCK_MONOTONIC } from '../../../abi/flags.ts';
import type { BuildVertex } from '../../../api/build.ts';
import {
  familiarName,
  formatReference,
  InvalidReference,
  parseReference,
  tagNameOnly,
} from '../../../lib/reference.ts';
import { sleep, type Wait } from '../../../libc/io.ts';
import type { Cli } from '../command.ts';
import { CliError, DaemonError } from '../errors.ts';
import type { BuildProgress } from '../stream/build-progress.ts';
import type { BuilderInstance, BuilderNode } from './instances.ts';

const IMAGE = 'moby/buildkit:buildx-stable-1';
/** How long a builder's answer is waited for: milliseconds. */
const PATIENCE = 20_000;
const TIMEOUT = 'context deadline exceeded';

/** Name of the container in which a node of a builder runs. */
export const containerOf = (node: BuilderNode): string => `buildx_buildkit_${node.Name}`;

/**
 * Boots a builder that is not the engine's own, as buildx does: a container from BuildKit's image, or a connection to
 * somewhere else. BuildKit's program is not simulated, so none of them answers in the end.
 * @throws CliError without the command's own prefix
 */
export function* bootBuilder(cli: Cli, instance: BuilderInstance, progress: BuildProgress): Wait<never> {
  const begun = cli.sys.now(CLOCK_MONOTONIC);
  const now = (): number => cli.sys.now(CLOCK_MONOTONIC) - begun;
  const container = instance.Driver === 'docker-container';
  const vertex: BuildVertex = {
    id: 'boot',
    name: container ? '[internal] booting buildkit' : '[internal] waiting for connection',
    started: 0,
  };
  yield* progress.show({ vertexes: [vertex] });
  let message = TIMEOUT;
  try {
    for (const node of container ? instance.Nodes : []) yield* startNode(cli, node, progress, now);
    yield* sleep(cli.sys, PATIENCE);
  } catch (error) {
    if (!(error instanceof DaemonError) && !(error instanceof CliError)) throw error;
    message = error.message;
  }
  yield* progress.show({ vertexes: [{ ...vertex, completed: now(), error: message }] });
  yield* progress.end([]);
  throw new CliError(message);
}

/** Pulls the image of a node and starts its container. @throws DaemonError, CliError */
function* startNode(cli: Cli, node: BuilderNode, progress: BuildProgress, now: () => number): Wait<void> {
  const client = yield* cli.client();
  const image = node.DriverOpts?.image ?? IMAGE;
  const part = function* (name: string, body: () => Wait<unknown>): Wait<void> {
    const started = now();
    yield* progress.show({ statuses: [{ vertex: 'boot', name, started }] });
    try {
      yield* body();
    } finally {
      yield* progress.show({ statuses: [{ vertex: 'boot', name, started, completed: now() }] });
    }
  };
  yield* part(`pulling image ${image}`, function* () {
    const { name, tag } = nameAndTag(image);
    const response = yield* client.call('POST', '/images/create', { query: { fromImage: name, tag } });
    let failure: string | undefined;
    yield* client.documents(response, function* (document) {
      failure ??= (document as { error?: string }).error;
    });
    if (failure !== undefined) throw new CliError(failure);
  });
  yield* part(`creating container ${containerOf(node)}`, function* () {
    const { Id } = yield* client.json<{ Id: string }>('POST', '/containers/create', {
      query: { name: containerOf(node) },
      json: { Image: image, Cmd: node.Flags ?? [], HostConfig: { Privileged: true } },
    });
    yield* client.call('POST', `/containers/${Id}/start`);
  });
}

/** @throws CliError */
function nameAndTag(image: string): { name: string; tag: string | undefined } {
  try {
    const reference = tagNameOnly(parseReference(image));
    const { domain, path, tag, digest } = reference;
    const name = domain === 'docker.io' ? familiarName(reference) : formatReference({ domain, path });
    return { name, tag: digest ?? tag };
  } catch (error) {
    if (error instanceof InvalidReference) throw new CliError(error.message);
    throw error;
  }
}
