import type { BuildDetails, BuildResult, BuildStatus } from '../../../api/build.ts';
import { fromBase64 } from '../../../lib/base64.ts';
import { formatReference, parseReference } from '../../../lib/reference.ts';
import type { HttpResponse } from '../../../libc/http-client.ts';
import type { Wait } from '../../../libc/io.ts';
import type { DockerClient } from '../client.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { baseOf } from '../files.ts';
import { excerpt } from '../stream/build-excerpt.ts';
import type { BuildProgress } from '../stream/build-progress.ts';
import { checkRequest } from './check.ts';
import { packContext } from './context.ts';
import { cacheType } from './options.ts';
import { OutputFile } from './output.ts';
import { pushTags } from './push.ts';
import { randomName } from './ref.ts';
import type { BuildRequest, OutputSpec } from './request.ts';

/** A build that failed. */
export class SolveFailure extends CliError {
  constructor(
    message: string,
    /** Lines of the Dockerfile to show before the message. */
    readonly blame: string,
  ) {
    super(message);
  }
}

/** What a build gave. */
export interface BuildOutcome {
  result: BuildResult;
  /** Full names of the image, with commas between. */
  names: string;
  /** What the build is remembered by. */
  ref: string;
}

/**
 * Does one build: packs what it reads, shows how it goes, takes its result.
 * @throws CliError without the command's own prefix
 */
export function* runBuild(cli: Cli, given: BuildRequest, progress: BuildProgress): Wait<BuildOutcome> {
  const request = withSourceDate(cli, given);
  checkRequest(cli.sys, request);
  const client = yield* cli.client();
  const { body, dockerfile, remote } = yield* packContext(cli, request);
  const output = outputOf(request);
  const files = output ? yield* OutputFile.open(cli, output) : undefined;
  const tags = tagsOf(request);
  const ref = randomName(cli.sys);
  const push = request.push || request.outputs.some(({ attributes }) => isOn(attributes.push));
  yield* progress.begin();
  const response = yield* client.call('POST', '/build', {
    query: { ...queryOf(request, tags, dockerfile, output, recordOf(cli, request, ref)), remote },
    body,
    headers: { 'Content-Type': 'application/x-tar' },
  });
  const failure = yield* follow(client, response, progress, files);
  if (failure.error === undefined && push) failure.error = yield* pushTags(cli, tags, progress);
  const pushed = failure.error !== undefined && failure.result?.failed === undefined;
  // where they were asked for they are the answer
  const told = request.call === 'build' || request.call === 'outline';
  yield* progress.end(told ? (failure.result?.warnings ?? []) : []);
  if (failure.error !== undefined) {
    throw new SolveFailure(pushed ? failure.error : `failed to solve: ${failure.error}`, blameOf(failure.result));
  }
  if (files) yield* files.finish();
  for (const text of request.cacheFrom) yield* warnLocalCache(cli, text);
  return {
    result: failure.result ?? { filename: '', text: '', warnings: [] },
    names: tags.map((tag) => formatReference(parseReference(tag))).join(','),
    ref,
  };
}

/** The date of the sources is handed on from the environment. */
function withSourceDate(cli: Cli, request: BuildRequest): BuildRequest {
  const name = 'SOURCE_DATE_EPOCH';
  const date = cli.env.get(name);
  if (date === undefined || name in request.buildArgs) return request;
  return { ...request, buildArgs: { ...request.buildArgs, [name]: date } };
}

/** How a build is called in the history. */
function recordOf(cli: Cli, request: BuildRequest, ref: string): BuildDetails['record'] {
  const cwd = cli.sys.getcwd();
  const { context } = request;
  const path = context === '.' && typeof cwd === 'string' ? cwd : context;
  const base = context === '-' ? '' : baseOf(path);
  const name = request.target === '' ? base : `${base} (${request.target})`.trimStart();
  return { ref, name, context: context === '-' ? '' : path };
}

const isOn = (text: string | undefined): boolean => text !== undefined && /^(true|1|t)$/i.test(text);

/** Names of the image: --tag, and those of `--output type=image,name=`. */
function tagsOf(request: BuildRequest): string[] {
  const names = request.outputs.flatMap(({ type, attributes }) =>
    type === 'image' && attributes.name ? attributes.name.split(',') : [],
  );
  return names.length > 0 ? names : [...request.tags];
}

/** The output whose files come back to the client. */
const outputOf = (request: BuildRequest): OutputSpec | undefined =>
  request.call === 'build' ? request.outputs.find(({ type }) => type === 'local' || type === 'tar') : undefined;

function queryOf(
  request: BuildRequest,
  tags: readonly string[],
  dockerfile: string,
  files: OutputSpec | undefined,
  record: BuildDetails['record'],
) {
  const [first] = request.outputs;
  const kinds = ['local', 'tar', 'image', 'docker', 'moby', 'cacheonly'];
  if (first && !kinds.includes(first.type))
    throw new CliError(`failed to solve: exporter "${first.type}" could not be found`);
  const output = files ? 'tar' : first?.type === 'cacheonly' ? 'none' : 'image';
  const contexts = Object.entries(request.contexts).map(([name, value]) => [
    name,
    value.startsWith('docker-image://') ? value : 'local',
  ]);
  return {
    version: '2',
    t: output === 'image' ? tags : [],
    dockerfile,
    buildargs: JSON.stringify(request.buildArgs),
    labels: JSON.stringify(request.labels),
    nocache: request.noCache || undefined,
    pull: request.pull ? '1' : undefined,
    target: request.target || undefined,
    networkmode: request.network || undefined,
    platform: request.platforms[0],
    extrahosts: request.extraHosts,
    shmsize: Number(request.shmSize) > 0 ? request.shmSize : undefined,
    ulimits: request.ulimits.length > 0 ? JSON.stringify(request.ulimits.map(ulimit)) : undefined,
    cgroupparent: request.cgroupParent || undefined,
    details: JSON.stringify({
      record,
      contexts: Object.fromEntries(contexts),
      noCacheFilter: request.noCacheFilter,
      allow: request.allow,
      cacheFrom: imagesOf(request.cacheFrom),
      ...(request.cacheTo.length > 0 ? { inlineCache: true } : {}),
      output,
      ...(request.call === 'build' ? {} : { call: request.call }),
    }),
  };
}

/** A cache in a folder that is not there is only told of. */
function* warnLocalCache(cli: Cli, text: string): Wait<void> {
  const { type, attributes } = cacheType(text);
  const src = attributes['src'] ?? '';
  if (type !== 'local') return;
  yield* cli.warn(
    `WARNING: local cache import at ${src} not found due to err: could not lock ${src}/index.json.lock: open ${src}/index.json.lock: no such file or directory`,
  );
}

/** The images among the caches that are read. */
const imagesOf = (words: readonly string[]): string[] =>
  words.map(cacheType).flatMap(({ type, attributes }) => (type === 'registry' ? [attributes['ref'] ?? ''] : []));

/** `nofile=1024:2048` */
export function ulimit(text: string): { Name: string; Soft: number; Hard: number } {
  const [name = '', range = ''] = text.split('=');
  const [soft = '0', hard = soft] = range.split(':');
  return { Name: name, Soft: Number(soft), Hard: Number(hard) };
}

/** Shows the build as it goes. */
function* follow(
  client: DockerClient,
  response: HttpResponse,
  progress: BuildProgress,
  files: OutputFile | undefined,
): Wait<{ result: BuildResult | undefined; error: string | undefined }> {
  let result: BuildResult | undefined;
  let error: string | undefined;
  yield* client.documents(response, function* (document) {
    const message = document as { id?: string; aux?: unknown; error?: string };
    if (message.error !== undefined) error = message.error;
    else if (message.id === 'moby.buildkit.trace') yield* progress.show(message.aux as BuildStatus);
    else if (message.id === 'drydock.build.tar' && files) yield* files.write(fromBase64(message.aux as string)!);
    else if (message.id === 'drydock.build.result') result = message.aux as BuildResult;
  });
  return { result, error };
}

/** The lines of the Dockerfile that are to blame. */
function blameOf(result: BuildResult | undefined): string {
  if (!result?.failed || result.failed.first === 0) return '';
  const { filename, text, failed } = result;
  return excerpt(filename, text, failed.first, failed.last);
}
