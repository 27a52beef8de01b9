import { decode } from '../../lib/utf8.ts';
import { readAll, readFile, type Wait } from '../../libc/io.ts';
import { segment } from './client.ts';
import type { Cli } from './command.ts';
import { CliError } from './errors.ts';
import { pathError } from './files.ts';
import { parseNetwork } from './flags/mount.ts';
import type { Flags } from './flags/parse.ts';

/** Largest content of a secret or config, bytes. */
const LIMIT = 1024 * 1024;
const AVAILABILITY = ['active', 'pause', 'drain'];

/** What the client itself refuses before it asks the daemon. @throws CliError */
export function* checkSwarmCall(cli: Cli, path: string, flags: Flags, args: readonly string[]): Wait<void> {
  if (path === 'service inspect' && flags.bool('pretty') && flags.text('format') !== '') {
    throw new CliError('--format is incompatible with human friendly format');
  }
  switch (path) {
    case 'swarm init':
    case 'swarm join':
      if (!AVAILABILITY.includes(flags.text('availability').toLowerCase())) {
        throw new CliError(
          `invalid availability ${JSON.stringify(flags.text('availability'))}, only active, pause and drain are supported`,
        );
      }
      return;
    case 'swarm ca':
      for (const flag of ['ca-cert', 'ca-key']) yield* checkPem(cli, flag, flags.text(flag));
      return;
    case 'swarm join-token':
      if (!['worker', 'manager'].includes(args[0]!)) throw new CliError(`unknown role ${args[0]}`);
      return;
    case 'service scale':
      return checkScales(args);
    case 'service create':
      return yield* checkService(cli, flags);
  }
}

/** A file that a flag names has to be there; it is wrong usage where it is not. @throws CliError */
function* checkPem(cli: Cli, flag: string, path: string): Wait<void> {
  if (path === '') return;
  const bytes = yield* readFile(cli.sys, path);
  if (typeof bytes !== 'number') return;
  const why = `invalid argument ${JSON.stringify(path)} for "--${flag}" flag: ${pathError('open', path, bytes)}`;
  const usage = 'Usage:  docker swarm ca [OPTIONS]';
  throw new CliError(`${why}\n\n${usage}\n\nRun 'docker swarm ca --help' for more information`, 125);
}

function checkScales(args: readonly string[]): void {
  const wrong = args.find((a) => !a.includes('='));
  if (wrong === undefined) return;
  throw new CliError(
    `invalid scale specifier '${wrong}'.\nSee 'docker service scale --help'.\n\nUsage:  docker service scale SERVICE=REPLICAS [SERVICE=REPLICAS...]\n\nScale one or multiple replicated services`,
  );
}

function* checkService(cli: Cli, flags: Flags): Wait<void> {
  const mode = flags.text('mode');
  if (!['replicated', 'global', 'replicated-job', 'global-job'].includes(mode)) {
    throw new CliError(`Unknown mode: ${mode}, only replicated and global supported`);
  }
  if (flags.changed('replicas') && mode.startsWith('global')) {
    throw new CliError('replicas can only be used with replicated or replicated-job mode');
  }
  for (const file of flags.list('env-file')) {
    const bytes = yield* readFile(cli.sys, file);
    if (typeof bytes === 'number') throw new CliError(pathError('open', file, bytes));
  }
  for (const text of flags.list('network')) {
    const { Target } = parseNetwork(text);
    yield* (yield* cli.client()).done('GET', `/networks/${segment(Target)}`);
  }
  const health = ['cmd', 'interval', 'retries', 'start-period', 'start-interval', 'timeout'];
  if (flags.bool('no-healthcheck') && health.some((name) => flags.changed(`health-${name}`))) {
    throw new CliError('--no-healthcheck conflicts with --health-* options');
  }
}

/**
 * The content of a new secret or config, from a file or, for `-`, from stdin.
 * @throws CliError
 */
export function* swarmContent(
  cli: Cli,
  kind: 'secret' | 'config',
  file: string | undefined,
  driver: string,
): Wait<Uint8Array> {
  if (driver !== '') {
    if (file !== undefined) throw new CliError('When using secret driver secret data must be empty');
    return new Uint8Array(0);
  }
  if (file === undefined) throw new CliError('secret file is required');
  const said = (words: string): CliError =>
    new CliError(kind === 'secret' ? words : `Error reading content from ${JSON.stringify(file)}: ${words}`);
  const bytes = file === '-' ? yield* readAll(cli.sys, 0, LIMIT) : yield* readFile(cli.sys, file);
  const source = file === '-' ? 'STDIN' : file;
  if (typeof bytes === 'number') throw said(`error reading from ${source}: ${pathError('open', file, bytes)}`);
  if (bytes.length === 0) throw said(`error reading from ${source}: data is empty`);
  return bytes;
}

/** `docker stack`: the files that describe it. @throws CliError */
export function* stackFiles(cli: Cli, files: readonly string[]): Wait<string[]> {
  if (files.length === 0) throw new CliError('Specify a Compose file (with --compose-file)');
  const texts: string[] = [];
  for (const file of files) {
    const bytes = file === '-' ? yield* readAll(cli.sys, 0, LIMIT) : yield* readFile(cli.sys, file);
    if (typeof bytes === 'number') throw new CliError(pathError('open', file, bytes));
    texts.push(decode(bytes));
  }
  return texts;
}
