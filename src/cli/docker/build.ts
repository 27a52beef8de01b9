import { type Wait, writeFile } from '../../libc/io.ts';
import { printAnswer } from './build/answer.ts';
import { bootBuilder } from './build/boot.ts';
import { builderOf, isEngine } from './build/builder.ts';
import { classicBuild, isClassic } from './build/classic.ts';
import type { BuilderInstance } from './build/instances.ts';
import { checkMetadataFile, metadataOf, writeMetadata } from './build/metadata.ts';
import { requestOf } from './build/options.ts';
import { progressOf } from './build/progress.ts';
import type { BuildRequest } from './build/request.ts';
import { type BuildOutcome, runBuild, SolveFailure } from './build/run.ts';
import { type Cli, command } from './command.ts';
import { CliError, messageOf } from './errors.ts';
import { pathError } from './files.ts';
import type { Flags } from './flags/parse.ts';
import type { BuildProgress } from './stream/build-progress.ts';

const USAGE = `ERROR: docker: 'docker buildx build' requires 1 argument

Usage:  docker buildx build [OPTIONS] PATH | URL | -

Run 'docker buildx build --help' for more information`;

export default command(function* (cli, flags, args) {
  if (isClassic(cli)) return yield* classicBuild(cli, flags, args);
  if (args.length !== 1) throw new CliError(USAGE);
  yield* warnIgnored(cli, flags);
  const quiet = flags.bool('quiet') || flags.text('progress') === 'quiet';
  const request = requestOf(cli, flags, args[0]!);
  checkMetadataFile(cli, flags.text('metadata-file'));
  const progress = progressOf(cli, flags.text('progress'), quiet);
  const builder = yield* builderOf(cli, flags.text('builder'));
  let outcome: BuildOutcome;
  try {
    if (!isEngine(builder)) {
      yield* progress.begin(builder);
      yield* bootFor(cli, builder, request, progress);
    }
    outcome = yield* runBuild(cli, request, progress);
  } catch (error) {
    if (error instanceof SolveFailure) yield* cli.err.write(error.blame);
    throw new CliError(`ERROR: failed to build: ${messageOf(error)}`);
  }
  if (request.call !== 'build') return yield* printAnswer(cli, outcome.result, request);
  yield* writeMetadata(cli, flags.text('metadata-file'), metadataOf(request, outcome));
  yield* finish(cli, flags, quiet, outcome.result.image, toStdout(request.outputs));
  return 0;
});

/** @throws CliError */
function* bootFor(cli: Cli, builder: BuilderInstance, request: BuildRequest, progress: BuildProgress): Wait<void> {
  try {
    yield* bootBuilder(cli, builder, progress);
  } finally {
    if (request.outputs.length === 0 && !request.push && !request.load)
      yield* cli.warn(
        `WARNING: No output specified with ${builder.Driver} driver. Build result will only remain in the build cache. To push result image into registry use --push or to load image into docker use --load`,
      );
  }
}

const IGNORED: Readonly<Record<string, string>> = {
  isolation: 'isolation flag is deprecated with BuildKit.',
  'security-opt': 'security-opt flag is deprecated. "RUN --security=insecure" should be used with BuildKit.',
  squash:
    'experimental flag squash is removed with BuildKit. You should squash inside build using a multi-stage Dockerfile for efficiency.',
};

/** Flags of the classic builder that say nothing here. */
function* warnIgnored(cli: Cli, flags: Flags): Wait<void> {
  for (const [name, text] of Object.entries(IGNORED)) if (flags.changed(name)) yield* cli.warn(`WARNING: ${text}`);
}

const toStdout = (outputs: readonly { type: string; dest: string }[]): boolean =>
  outputs.some(({ type, dest }) => type === 'tar' && (dest === '' || dest === '-'));

function* finish(cli: Cli, flags: Flags, quiet: boolean, image: string | undefined, used: boolean): Wait<void> {
  const path = flags.text('iidfile');
  if (path !== '') {
    const r = yield* writeFile(cli.sys, path, image ?? '', 0o644);
    if (r < 0) throw new CliError(`ERROR: writing image ID file: ${pathError('open', path, r)}`);
  }
  if (quiet && !used) yield* cli.out.write(`${image ?? ''}\n`);
}
