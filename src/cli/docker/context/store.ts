import { ENOENT } from '../../../abi/errno.ts';
import { O_DIRECTORY, O_RDONLY } from '../../../abi/flags.ts';
import { decode, encode } from '../../../lib/utf8.ts';
import { open, readFile, type Wait, writeFile } from '../../../libc/io.ts';
import { DockerClient } from '../client.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { makeDirectories, pathError } from '../files.ts';

/** What a context's meta.json holds. */
export interface ContextMeta {
  Name: string;
  Metadata: { Description?: string };
  Endpoints: { docker: { Host?: string; SkipTLSVerify: boolean } };
}

export const DEFAULT_CONTEXT = 'default';
/** What the default context is said to be where it is shown or copied. */
export const DEFAULT_DESCRIPTION = 'Current DOCKER_HOST based configuration';
export const DEFAULT_HOST = 'unix:///var/run/docker.sock';
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$/;

/** @throws CliError where a name cannot be one of a context */
export function checkContextName(name: string): void {
  if (name === '') throw new CliError('context name cannot be empty');
  if (name === DEFAULT_CONTEXT) throw new CliError('"default" is a reserved context name');
  if (!NAME.test(name)) {
    throw new CliError(
      `context name ${JSON.stringify(name)} is invalid, names are validated against regexp "^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$"`,
    );
  }
}

/** Folder of a context's metadata. */
export function contextFolder(cli: Cli, name: string): string {
  return `${cli.config.folder}/contexts/meta/${cli.sha256.hex(encode(name))}`;
}

/** The context that `docker` would use now. */
export function currentContext(cli: Cli): string {
  if (cli.globals.changed('host')) return DEFAULT_CONTEXT;
  if (cli.globals.text('context') !== '') return cli.globals.text('context');
  if (cli.env.get('DOCKER_HOST')) return DEFAULT_CONTEXT;
  return cli.env.get('DOCKER_CONTEXT') || cli.config.file.currentContext || DEFAULT_CONTEXT;
}

/** The host of the default context. */
export const defaultHost = (cli: Cli): string =>
  normalizeHost(cli.globals.text('host') || cli.env.get('DOCKER_HOST') || '');

/** The full address of a daemon. @throws CliError */
export function normalizeHost(host: string): string {
  const text = host.trim();
  if (text === '') return DEFAULT_HOST;
  const at = text.indexOf('://');
  const scheme = at < 0 ? 'tcp' : text.slice(0, at);
  const rest = at < 0 ? text : text.slice(at + 3);
  if (scheme === 'unix') return rest === '' ? DEFAULT_HOST : text;
  if (scheme === 'npipe' || scheme === 'ssh' || scheme === 'fd') return text;
  if (scheme !== 'tcp') throw new CliError(`invalid bind address format: ${text}`);
  const slash = rest.indexOf('/');
  const address = slash < 0 ? rest : rest.slice(0, slash);
  const path = slash < 0 ? '' : rest.slice(slash);
  const [, name = '', port = ''] = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(address) ?? ['', address];
  if (port !== '' && !/^\d+$/.test(port)) {
    throw new CliError(`parse ${JSON.stringify(text)}: invalid port ${JSON.stringify(`:${port}`)} after host`);
  }
  return `tcp://${name || 'localhost'}:${port || '2375'}${path}`;
}

/** @throws CliError `context "x": context not found: open …: no such file or directory` */
export function* readContext(cli: Cli, name: string): Wait<ContextMeta> {
  if (name === DEFAULT_CONTEXT) {
    return {
      Name: name,
      Metadata: {},
      Endpoints: { docker: { Host: defaultHost(cli), SkipTLSVerify: false } },
    };
  }
  const path = `${contextFolder(cli, name)}/meta.json`;
  const bytes = yield* readFile(cli.sys, path);
  if (typeof bytes === 'number') {
    const why = bytes === -ENOENT ? 'context not found: ' : '';
    throw new CliError(`context ${JSON.stringify(name)}: ${why}${pathError('open', path, bytes)}`);
  }
  return JSON.parse(decode(bytes)) as ContextMeta;
}

export function* writeContext(cli: Cli, meta: ContextMeta): Wait<void> {
  const folder = contextFolder(cli, meta.Name);
  const made = makeDirectories(cli.sys, folder, 0o755);
  if (made < 0) throw new CliError(pathError('mkdir', folder, made));
  const written = yield* writeFile(cli.sys, `${folder}/meta.json`, JSON.stringify(meta), 0o644);
  if (written < 0) throw new CliError(pathError('open', `${folder}/meta.json`, written));
}

/** All contexts but the default one, by name. */
export function* listContexts(cli: Cli): Wait<ContextMeta[]> {
  const folder = `${cli.config.folder}/contexts/meta`;
  const fd = yield* open(cli.sys, folder, O_RDONLY | O_DIRECTORY);
  if (fd < 0) return [];
  const names: string[] = [];
  for (let batch; Array.isArray((batch = cli.sys.getdents(fd))) && batch.length > 0; ) {
    for (const entry of batch) if (!entry.name.startsWith('.')) names.push(entry.name);
  }
  cli.sys.close(fd);
  const found: ContextMeta[] = [];
  for (const name of names) {
    const bytes = yield* readFile(cli.sys, `${folder}/${name}/meta.json`);
    if (typeof bytes !== 'number') found.push(JSON.parse(decode(bytes)) as ContextMeta);
  }
  return found.sort((a, b) => (a.Name < b.Name ? -1 : 1));
}

/** `--tls`: the certificates that it wants have to be there. @throws CliError */
function* checkTls(cli: Cli, context: string): Wait<void> {
  const verify = cli.globals.bool('tlsverify') || Boolean(cli.env.get('DOCKER_TLS_VERIFY'));
  if (context !== DEFAULT_CONTEXT || !(verify || cli.globals.bool('tls') || cli.env.get('DOCKER_TLS'))) return;
  for (const kind of ['ca', 'cert', 'key']) {
    const own = cli.globals.changed(`tls${kind === 'ca' ? 'cacert' : kind}`);
    const folder = cli.env.get('DOCKER_CERT_PATH') || cli.config.folder;
    const path = own ? cli.globals.text(`tls${kind === 'ca' ? 'cacert' : kind}`) : `${folder}/${kind}.pem`;
    const bytes = yield* readFile(cli.sys, path);
    if (typeof bytes === 'number') throw new CliError(pathError('open', path, bytes));
  }
  throw new CliError('this client speaks no TLS to a daemon');
}

/** The client of the daemon that flags, environment and contexts lead to. */
export function* clientOf(cli: Cli): Wait<DockerClient> {
  if (cli.globals.changed('host') && cli.globals.text('context') !== '') {
    throw new CliError('conflicting options: cannot specify both --host and --context');
  }
  const name = currentContext(cli);
  let host: string;
  try {
    if (cli.globals.count('host') > 1) throw new CliError('Specify only one -H');
    yield* checkTls(cli, name);
    host = normalizeHost((yield* readContext(cli, name)).Endpoints.docker.Host ?? '');
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    throw new CliError(`Failed to initialize: unable to resolve docker endpoint: ${error.message}`);
  }
  if (host.startsWith('npipe:')) throw new CliError('Failed to initialize: protocol not available');
  return new DockerClient(cli.sys, host, cli.config.file.HttpHeaders ?? {}, cli.env.get('DOCKER_API_VERSION'));
}
