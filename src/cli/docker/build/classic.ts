import { parseReference } from '../../../lib/reference.ts';
import { humanSize } from '../../../lib/units.ts';
import type { BodySource, HttpResponse } from '../../../libc/http-client.ts';
import { type Wait, writeFile } from '../../../libc/io.ts';
import type { Cli } from '../command.ts';
import { CliError, messageOf } from '../errors.ts';
import { pathError } from '../files.ts';
import type { Flags } from '../flags/parse.ts';
import { mapOf } from '../key-values.ts';
import { packClassic } from './classic-context.ts';
import { parseBuildArgs } from './options.ts';
import { ulimit } from './run.ts';

const NOTE = `DEPRECATED: The legacy builder is deprecated and will be removed in a future release.
            BuildKit is currently disabled; enable it by removing the DOCKER_BUILDKIT=0
            environment-variable.
`;

/** Flags that only buildx has. */
const MODERN = [
  'allow',
  'annotation',
  'attest',
  'build-context',
  'builder',
  'cache-to',
  'call',
  'check',
  'load',
  'metadata-file',
  'no-cache-filter',
  'output',
  'progress',
  'provenance',
  'push',
  'sbom',
  'secret',
  'ssh',
];

/** DOCKER_BUILDKIT=0: the classic builder is asked for. */
export const isClassic = (cli: Cli): boolean => {
  const value = cli.env.get('DOCKER_BUILDKIT');
  return value !== undefined && /^(0|f|false)$/i.test(value) && !/^(buildx|builder)/.test(cli.name);
};

const usage = (why: string): CliError =>
  new CliError(
    `${why}\n\nUsage:  docker build [OPTIONS] PATH | URL | -\n\nRun 'docker build --help' for more information`,
    125,
  );

/** `docker build` with the classic builder. @throws CliError */
export function* classicBuild(cli: Cli, flags: Flags, args: readonly string[]): Wait<number> {
  yield* cli.warn(NOTE);
  for (const name of MODERN) if (flags.changed(name)) throw usage(`unknown flag: --${name}`);
  if (args.length !== 1)
    throw new CliError(
      `docker: 'docker build' requires 1 argument\n\nUsage:  docker build [OPTIONS] PATH | URL | -\n\nRun 'docker build --help' for more information`,
    );
  for (const tag of flags.list('tag')) checkTag(tag);
  refuseUnsupported(flags);
  const quiet = flags.bool('quiet');
  const { body, dockerfile, remote } = yield* packClassic(cli, args[0]!, flags.text('file'));
  const sent = body ? new CountedBody(cli, body, quiet) : undefined;
  const client = yield* cli.client();
  const call = client.call('POST', '/build', {
    query: {
      version: '1',
      t: flags.list('tag'),
      dockerfile,
      remote,
      rm: flags.changed('rm') && !flags.bool('rm') ? '0' : '1',
      forcerm: flags.bool('force-rm') || undefined,
      memory: flags.changed('memory') ? flags.text('memory') : undefined,
      memswap: flags.changed('memory-swap') ? flags.text('memory-swap') : undefined,
      cpushares: flags.changed('cpu-shares') ? flags.text('cpu-shares') : undefined,
      cpuperiod: flags.changed('cpu-period') ? flags.text('cpu-period') : undefined,
      cpuquota: flags.changed('cpu-quota') ? flags.text('cpu-quota') : undefined,
      cpusetcpus: flags.changed('cpuset-cpus') ? flags.text('cpuset-cpus') : undefined,
      cpusetmems: flags.changed('cpuset-mems') ? flags.text('cpuset-mems') : undefined,
      ulimits: flags.list('ulimit').length > 0 ? JSON.stringify(flags.list('ulimit').map(ulimit)) : undefined,
      q: quiet || undefined,
      buildargs: JSON.stringify(parseBuildArgs(cli, flags.list('build-arg'))),
      labels: JSON.stringify(mapOf(flags.list('label'))),
      cachefrom: JSON.stringify(flags.list('cache-from')),
      nocache: flags.bool('no-cache') || undefined,
      pull: flags.bool('pull') ? '1' : undefined,
      target: flags.text('target') || undefined,
      networkmode: flags.text('network') || undefined,
      platform: flags.list('platform')[0],
      extrahosts: flags.list('add-host'),
      shmsize: Number(flags.text('shm-size')) > 0 ? flags.text('shm-size') : undefined,
      cgroupparent: flags.text('cgroup-parent') || undefined,
    },
    ...(sent ? { body: sent.source } : {}),
    headers: { 'Content-Type': 'application/x-tar' },
  });
  let response: HttpResponse;
  try {
    response = yield* call;
  } catch (error) {
    // a quiet build that fails says what it was about to
    if (sent) yield* sent.tell(true);
    throw error;
  }
  let id = '';
  let failure: { message: string; code: number } | undefined;
  yield* client.documents(response, function* (document) {
    const message = document as {
      stream?: string;
      status?: string;
      id?: string;
      error?: string;
      errorDetail?: { code?: number };
      aux?: { ID?: string };
    };
    if (message.error !== undefined) failure = { message: message.error, code: message.errorDetail?.code ?? 1 };
    else if (message.aux?.ID !== undefined) id = message.aux.ID;
    else if (message.stream !== undefined) yield* cli.out.write(message.stream);
    else if (message.status !== undefined && !quiet)
      yield* cli.out.write(`${message.id === undefined ? '' : `${message.id}: `}${message.status}\n`);
    yield* cli.out.flush();
  });
  if (failure) throw new CliError(failure.message, failure.code);
  const path = flags.text('iidfile');
  if (path !== '') {
    const r = yield* writeFile(cli.sys, path, id, 0o666);
    if (r < 0) throw new CliError(pathError('open', path, r));
  }
  return 0;
}

function refuseUnsupported(flags: Flags): void {
  if (flags.bool('squash'))
    throw new CliError('"--squash" is only supported on a Docker daemon with experimental features enabled');
  const isolation = flags.changed('isolation') ? flags.text('isolation') : 'default';
  if (isolation !== 'default' && isolation !== '')
    throw new CliError(`Error response from daemon: unsupported isolation: "${isolation}"`);
  if (flags.changed('security-opt'))
    throw new CliError('Error response from daemon: security options are not supported on linux');
}

function checkTag(tag: string): void {
  try {
    parseReference(tag);
  } catch (error) {
    throw usage(`invalid argument ${JSON.stringify(tag)} for "-t, --tag" flag: ${messageOf(error)}`);
  }
}

/** A body that tells its size once it is sent. */
class CountedBody {
  #sum = 0;
  #told = false;

  constructor(
    private readonly cli: Cli,
    private readonly body: BodySource,
    private readonly quiet: boolean,
  ) {}

  get source(): BodySource {
    const counted = this;
    return {
      *next() {
        const piece = yield* counted.body.next();
        if (piece) counted.#sum += piece.length;
        else yield* counted.tell();
        return piece;
      },
    };
  }

  *tell(failed = false): Wait<void> {
    if (this.#told || (this.quiet && !failed)) return;
    this.#told = true;
    yield* this.cli.out.write(`Sending build context to Docker daemon  ${humanSize(this.#sum, 4)}\r\r\n`);
    yield* this.cli.out.flush();
  }
}
