import { ENOENT } from '../../../abi/errno.ts';
import { O_CREAT, O_TRUNC, O_WRONLY } from '../../../abi/flags.ts';
import { Stat } from '../../../abi/stat.ts';
import {
  familiarName,
  familiarString,
  formatReference,
  InvalidReference,
  parseReference,
  type Reference,
  tagNameOnly,
} from '../../../lib/reference.ts';
import { open, type Wait, writeAll } from '../../../libc/io.ts';
import type { Query } from '../client.ts';
import type { Cli } from '../command.ts';
import { CliError, DaemonError, messageOf } from '../errors.ts';
import { pathError } from '../files.ts';
import type { Flags } from '../flags/parse.ts';
import { checkTrust } from '../notary.ts';
import { formatPlatform, parsePlatform } from '../platform.ts';
import { registryAuth } from '../registry-auth.ts';
import { showProgress } from '../stream/progress.ts';
import type { ContainerSpec, CreateBody } from './config/spec.ts';

const PULL = ['always', 'missing', 'never', ''];

/** @throws CliError without `docker: ` where `--pull` has an unknown value */
export function checkPull(flags: Flags): void {
  const pull = flags.text('pull');
  if (!PULL.includes(pull)) {
    throw new CliError(`invalid pull option: '${pull}': must be one of "always", "missing" or "never"`);
  }
}

/**
 * Makes a container: pulls its image where it has to, writes the id file, prints the daemon's warnings.
 * @returns its id
 * @throws CliError, DaemonError
 */
export function* createContainer(cli: Cli, flags: Flags, { body, image }: ContainerSpec): Wait<string> {
  const idFile = yield* openIdFile(cli, flags.text('cidfile'));
  let id = '';
  try {
    const named = imageReference(image);
    if (named) yield* checkTrust(cli, flags);
    const pull = flags.text('pull');
    if (pull === 'always' && named) yield* pullImage(cli, flags, named);
    const query: Query = {
      name: flags.text('name') || undefined,
      platform: platformOf(flags.text('platform')),
    };
    if (flags.bool('use-api-socket')) addApiSocket(body);
    const client = yield* cli.client();
    const call = () =>
      client.json<{ Id: string; Warnings: string[] | null }>('POST', '/containers/create', { query, json: body });
    let answer: { Id: string; Warnings: string[] | null };
    try {
      answer = yield* call();
    } catch (error) {
      // Whatever is not found, it is taken for the image.
      const missing = error instanceof DaemonError && error.httpStatus === 404;
      if (!missing || !named || pull !== 'missing') throw error;
      if (!flags.bool('quiet')) yield* cli.warn(`Unable to find image '${familiarString(named)}' locally`);
      yield* pullImage(cli, flags, named);
      answer = yield* call();
    }
    id = answer.Id;
    const warnings = [...(answer.Warnings ?? []), ...localDns(flags)];
    for (const warning of warnings) yield* cli.warn(`WARNING: ${warning}`);
    if (idFile !== undefined) yield* writeAll(cli.sys, idFile, id);
    return id;
  } finally {
    if (idFile !== undefined) {
      cli.sys.close(idFile);
      if (id === '') cli.sys.unlink(flags.text('cidfile'));
    }
  }
}

/** `--use-api-socket`: the daemon's socket is there inside. */
function addApiSocket(body: CreateBody): void {
  const path = '/var/run/docker.sock';
  body.HostConfig.Mounts = [
    ...(body.HostConfig.Mounts ?? []),
    { Type: 'bind', Source: path, Target: path, BindOptions: {} },
  ];
}

/** What the client itself has doubts about: a name server that is reached only from outside. */
function localDns(flags: Flags): string[] {
  const dns = flags.list('dns').find((address) => /^(127\..*|::1)$/.test(address));
  return dns === undefined ? [] : [`Localhost DNS (${dns}) may fail in containers.`];
}

function* openIdFile(cli: Cli, path: string): Wait<number | undefined> {
  if (path === '') return undefined;
  if (cli.sys.stat(path, new Stat()) !== -ENOENT) {
    throw new CliError(`container ID file found, make sure the other container isn't running or delete ${path}`);
  }
  const fd = yield* open(cli.sys, path, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
  if (fd < 0) throw new CliError(`failed to create the container ID file: ${pathError('open', path, fd)}`);
  return fd;
}

/** The image as a name with its tag, undefined where it is an id. @throws CliError */
function imageReference(image: string): Reference | undefined {
  if (/^(sha256:)?[a-f0-9]{64}$/.test(image)) return undefined;
  try {
    return tagNameOnly(parseReference(image));
  } catch (error) {
    if (error instanceof InvalidReference) throw new CliError(error.message);
    throw error;
  }
}

/** Pulls as `docker pull`, with its progress on stderr. */
function* pullImage(cli: Cli, flags: Flags, named: Reference): Wait<void> {
  const client = yield* cli.client();
  const response = yield* client.call('POST', '/images/create', {
    query: {
      fromImage:
        named.domain === 'docker.io'
          ? familiarName(named)
          : formatReference({ domain: named.domain, path: named.path }),
      tag: named.digest ?? named.tag,
      platform: flags.text('platform') || undefined,
    },
    headers: registryAuth(cli, named.domain),
  });
  yield* showProgress(cli, client, response, flags.bool('quiet') ? 'none' : 'err');
}

/** `os/arch[/variant]` as the API takes it. @throws CliError */
function platformOf(text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return formatPlatform(parsePlatform(text));
  } catch (error) {
    throw new CliError(`error parsing specified platform: ${messageOf(error)}`);
  }
}
