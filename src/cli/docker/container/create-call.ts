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
import { CliError, DaemonError } from '../errors.ts';
import { pathError } from '../files.ts';
import type { Flags } from '../flags/parse.ts';
import { registryAuth } from '../registry-auth.ts';
import { showProgress } from '../stream/progress.ts';
import type { ContainerSpec } from './config/spec.ts';

const PULL = ['always', 'missing', 'never'];

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
  yield* warnings(cli, flags);
  const idFile = yield* openIdFile(cli, flags.text('cidfile'));
  let id = '';
  try {
    const named = imageReference(image);
    const pull = flags.text('pull');
    if (pull === 'always' && named) yield* pullImage(cli, flags, named);
    const query: Query = {
      name: flags.text('name') || undefined,
      platform: platformOf(flags.text('platform')),
    };
    const client = yield* cli.client();
    const call = () =>
      client.json<{ Id: string; Warnings: string[] | null }>('POST', '/containers/create', { query, json: body });
    let answer: { Id: string; Warnings: string[] | null };
    try {
      answer = yield* call();
    } catch (error) {
      const missing =
        error instanceof DaemonError && error.httpStatus === 404 && error.text.startsWith('No such image');
      if (!missing || !named || pull !== 'missing') throw error;
      if (!flags.bool('quiet')) yield* cli.warn(`Unable to find image '${familiarString(named)}' locally`);
      yield* pullImage(cli, flags, named);
      answer = yield* call();
    }
    id = answer.Id;
    for (const warning of answer.Warnings ?? []) yield* cli.warn(`WARNING: ${warning}`);
    if (idFile !== undefined) yield* writeAll(cli.sys, idFile, id);
    return id;
  } finally {
    if (idFile !== undefined) {
      cli.sys.close(idFile);
      if (id === '') cli.sys.unlink(flags.text('cidfile'));
    }
  }
}

/** What the client itself has doubts about. */
function* warnings(cli: Cli, flags: Flags): Wait<void> {
  if (flags.bool('oom-kill-disable') && flags.number('memory') === 0) {
    yield* cli.warn(
      "WARNING: Disabling the OOM killer on containers without setting a '-m/--memory' limit may be dangerous.",
    );
  }
  for (const dns of flags.list('dns')) {
    if (/^(127\..*|::1)$/.test(dns)) {
      yield* cli.warn(`WARNING: Localhost DNS setting (--dns=${dns}) may fail in containers.`);
      return;
    }
  }
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

const SYSTEMS = ['linux', 'windows', 'darwin', 'freebsd'];

/** `os/arch[/variant]` as the API takes it. @throws CliError */
function platformOf(text: string): string | undefined {
  if (text === '') return undefined;
  const parts = text.toLowerCase().split('/');
  if (parts.length > 3 || parts.some((p) => !/^[a-z0-9_.-]+$/.test(p))) {
    throw new CliError(
      `error parsing specified platform: ${JSON.stringify(text)}: cannot parse platform specifier: invalid argument`,
    );
  }
  if (parts.length > 1) return parts.join('/');
  return SYSTEMS.includes(parts[0]!) ? `${parts[0]}/amd64` : `linux/${parts[0]}`;
}
