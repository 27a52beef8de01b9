import type { BuildParams } from '../../../api/build.ts';
import { ApiError } from '../../../api/errors.ts';
import { PatternMatcher, readIgnoreFile } from '../../../lib/pattern-matcher.ts';
import { familiarString, parseReference, tagNameOnly } from '../../../lib/reference.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../../libc/io.ts';
import { mkdirp, removeTree } from '../../../libc/paths.ts';
import { UntarError } from '../../../libc/untar.ts';
import { randomHex } from '../../ids.ts';
import { resolveIn } from '../../runtime/scope.ts';
import type { Call } from '../../server/call.ts';
import { BuildError } from '../context.ts';
import type { BuildControl } from '../control.ts';
import { type Dockerfile, parseDockerfile } from '../dockerfile.ts';
import { DockerfileError } from '../dockerfile-error.ts';
import { fetchGit, isGit, parseGit } from '../git.ts';
import { buildHost } from '../host.ts';
import { Linter } from '../lint.ts';
import { HOST_PLATFORM } from '../platform.ts';
import { download } from '../remote.ts';
import { type Plan, planStages } from '../stages.ts';
import { inOnePiece, isTar, unpackContext } from '../unpack.ts';
import { ClassicBuilder, CommandFailed } from './builder.ts';

/** A build as the engine did it before BuildKit: a step is a container that is committed. */
export function* classicBuild(
  call: Call,
  params: BuildParams,
  tags: readonly string[],
  control: BuildControl,
  watch: () => Wait<void>,
): Wait<void> {
  const { sys, daemon } = call;
  if (params.squash) throw new ApiError('invalid-parameter', 'squash is only supported with experimental mode');
  const dir = `${daemon.root}/tmp/docker-builder${randomHex(sys, 5)}`;
  mkdirp(sys, dir, 0o700);
  try {
    const name = yield* receive(call, params, dir);
    const file = yield* dockerfileOf(call, dir, name);
    const buildArgs: Record<string, string> = {};
    for (const [arg, value] of Object.entries(params.buildargs ?? {})) if (value !== null) buildArgs[arg] = value;
    const plan = readPlan(file, buildArgs, params.target);
    const stream = yield* call.stream('application/json');
    yield* watch();
    const quiet = params.q ?? false;
    const say = function* (text: string): Wait<void> {
      if (!quiet) yield* stream.json({ stream: text });
    };
    const builder = new ClassicBuilder({ call, params, plan, file, dir, buildArgs, say, stream, control });
    try {
      const image = yield* builder.run();
      yield* stream.json({ aux: { ID: image.id } });
      if (quiet) yield* stream.json({ stream: `${image.id}\n` });
      yield* say(`Successfully built ${image.id.slice(7, 19)}\n`);
      for (const tag of tags) {
        const reference = tagNameOnly(parseReference(tag));
        yield* daemon.imageStore.name(sys, image, reference);
        daemon.events.log(sys, 'image', 'tag', image.id, { name: familiarString(reference) });
        yield* say(`Successfully tagged ${familiarString(reference)}\n`);
      }
    } catch (error) {
      if (!isExpected(error)) throw error;
      const code = error instanceof CommandFailed ? { code: error.code } : {};
      yield* stream.json({ errorDetail: { ...code, message: error.message }, error: error.message });
    }
  } finally {
    removeTree(sys, dir);
  }
}

const isExpected = (error: unknown): error is Error =>
  error instanceof BuildError ||
  error instanceof DockerfileError ||
  error instanceof ApiError ||
  error instanceof UntarError;

/** Unpacks the context, or fetches it. @returns the Dockerfile's path in it. @throws ApiError */
function* receive(call: Call, params: BuildParams, dir: string): Wait<string> {
  const { sys, daemon } = call;
  const dockerfile = params.dockerfile || 'Dockerfile';
  const { remote } = params;
  try {
    if (!remote || remote === 'client-session') {
      yield* unpackContext(sys, dir, () => call.read());
      return dockerfile;
    }
    if (isGit(remote)) {
      yield* fetchGit(sys, parseGit(remote), dir, false, function* () {});
      return dockerfile;
    }
    if (!/^https?:\/\//.test(remote))
      throw new ApiError('internal', `remoteURL (${remote}) could not be recognized as URL`);
    yield* download(sys, { host: buildHost(daemon) }, remote, `${dir}.remote`);
    const bytes = yield* readFile(sys, `${dir}.remote`);
    sys.unlink(`${dir}.remote`);
    if (typeof bytes === 'number') throw new ApiError('internal', 'failed to read downloaded context');
    if (isTar(bytes)) {
      yield* unpackContext(sys, dir, inOnePiece(bytes));
      return dockerfile;
    }
    yield* writeFile(sys, `${dir}/${dockerfile}`, bytes, 0o644);
    return dockerfile;
  } catch (error) {
    if (error instanceof UntarError) throw new ApiError('internal', error.message);
    throw error;
  }
}

/** @throws ApiError */
function* dockerfileOf(call: Call, dir: string, name: string): Wait<Dockerfile> {
  const { sys } = call;
  let bytes = yield* readFile(sys, resolveIn(sys, dir, `/${name}`));
  if (typeof bytes === 'number' && name === 'Dockerfile')
    bytes = yield* readFile(sys, resolveIn(sys, dir, '/dockerfile'));
  if (typeof bytes === 'number') throw new ApiError('invalid-parameter', `Cannot locate specified Dockerfile: ${name}`);
  if (bytes.length === 0) throw new ApiError('invalid-parameter', `the Dockerfile (${name}) cannot be empty`);
  yield* removeIgnored(call, dir, name);
  try {
    return parseDockerfile(decode(bytes));
  } catch (error) {
    if (!(error instanceof DockerfileError)) throw error;
    const prefix = /^(dockerfile parse error|file with)/.test(error.message)
      ? ''
      : `dockerfile parse error on line ${error.first}: `;
    throw new ApiError('invalid-parameter', prefix + error.message);
  }
}

/** The Dockerfile and .dockerignore travel in any case; where they are ignored no step may see them. */
function* removeIgnored(call: Call, dir: string, name: string): Wait<void> {
  const { sys } = call;
  const bytes = yield* readFile(sys, `${dir}/.dockerignore`);
  if (typeof bytes === 'number') return;
  const matcher = new PatternMatcher(readIgnoreFile(decode(bytes)));
  for (const path of ['.dockerignore', name]) if (matcher.matches(path)) removeTree(sys, `${dir}/${path}`);
}

/** @throws ApiError */
function readPlan(file: Dockerfile, buildArgs: Record<string, string>, target: string | undefined): Plan {
  try {
    return planStages(file, buildArgs, target || undefined, new Linter('skip=all'), HOST_PLATFORM);
  } catch (error) {
    if (error instanceof DockerfileError) throw new ApiError('invalid-parameter', error.message);
    throw error;
  }
}
