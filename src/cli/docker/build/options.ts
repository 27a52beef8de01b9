import { splitCsv } from '../../../lib/csv.ts';
import { GoError } from '../../../lib/go-value.ts';
import { quote } from '../../../lib/quote.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import type { Flags } from '../flags/parse.ts';
import { mapOf } from '../key-values.ts';
import type { BuildRequest, OutputSpec, Secret } from './request.ts';

/** An error of an option, before anything begins. */
const wrong = (why: string): CliError => new CliError(`ERROR: ${why}`);

/** The fields of a `key=value,…` text. @throws CliError */
export function fieldsOf(text: string, problem: (field: string) => CliError): [string, string][] {
  let fields: string[];
  try {
    fields = splitCsv(text);
  } catch (error) {
    if (error instanceof GoError) throw wrong(error.message);
    throw error;
  }
  return fields.map((field) => {
    const equals = field.indexOf('=');
    if (equals < 0) throw problem(field);
    return [field.slice(0, equals), field.slice(equals + 1)];
  });
}

/** `type=local,dest=out`, or a path. @throws CliError */
export function parseOutput(text: string): OutputSpec {
  const plain = (): OutputSpec =>
    text === '-' ? { type: 'tar', dest: '-', attributes: {} } : { type: 'local', dest: text, attributes: {} };
  if (!text.includes('=') && !text.includes(',')) return plain();
  const out: OutputSpec = { type: '', dest: '', attributes: {} };
  const attributes: Record<string, string> = {};
  for (const [key, value] of fieldsOf(text, (field) => wrong(`invalid value ${field}`))) {
    if (key === 'type') out.type = value;
    else if (key === 'dest') out.dest = value;
    else attributes[key] = value;
  }
  if (out.type === '') throw wrong('type is required for output');
  return { ...out, attributes };
}

/** `id=name,src=file`, `id=name,env=NAME`. @throws CliError */
export function parseSecret(cli: Pick<Cli, 'env'>, text: string): Secret {
  const secret: Secret = { id: '', file: undefined, env: undefined };
  let type = '';
  for (const [key, value] of fieldsOf(text, (field) => wrong(`invalid field '${field}' must be a key=value pair`)))
    switch (key.toLowerCase()) {
      case 'type':
        if (value !== 'file' && value !== 'env') throw wrong(`unsupported secret type ${quote(value)}`);
        type = value;
        break;
      case 'id':
        secret.id = value;
        break;
      case 'source':
      case 'src':
        secret.file = value;
        break;
      case 'env':
        secret.env = value;
        break;
      default:
        throw wrong(`unexpected key '${key}' in '${key}=${value}'`);
    }
  if (type === 'env' && secret.env === undefined) {
    secret.env = secret.file;
    secret.file = undefined;
  }
  if (secret.file === undefined && secret.env === undefined) {
    if (cli.env.has(secret.id)) secret.env = secret.id;
    else secret.file = secret.id;
  }
  return secret;
}

/** `--build-arg NAME` takes the value of the environment; null where there is none. @throws CliError */
export function parseBuildArgs(cli: Pick<Cli, 'env'>, words: readonly string[]): Record<string, string | null> {
  const args: Record<string, string | null> = {};
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals === 0) throw wrong(`invalid key-value pair ${quote(word)}: empty key`);
    if (equals < 0) args[word] = cli.env.get(word) ?? null;
    else args[word.slice(0, equals)] = word.slice(equals + 1);
  }
  return args;
}

/** `name=value` contexts. @throws CliError */
export function parseContexts(words: readonly string[]): Record<string, string> {
  const contexts: Record<string, string> = {};
  for (const word of words) {
    const equals = word.indexOf('=');
    if (equals < 0) throw wrong(`invalid context value: ${word}, expected key=value`);
    contexts[word.slice(0, equals).toLowerCase()] = word.slice(equals + 1);
  }
  return contexts;
}

/** `check`, `outline,format=json`. @throws CliError */
export function parseCall(text: string): { call: string; format: string } {
  let call = '';
  let format = '';
  for (const field of text.split(',')) {
    const m = /^(\w+)=(.*)$/.exec(field);
    if (!m) {
      if (call !== '') throw wrong(`invalid print value: ${text}`);
      call = field;
    } else if (m[1] === 'format') format = m[2]!;
    else if (m[1] !== 'ignorestatus') throw wrong(`invalid print value: ${text}`);
  }
  return { call: call === 'check' ? 'lint' : call, format };
}

/** Whether an option that is written for attestations asks for one. */
const asks = (text: string): boolean => text !== '' && !/^(false|0|disabled=true|disabled=1)$/i.test(text);

/** Reads all that a build is told on the command line. @throws CliError */
export function requestOf(cli: Cli, flags: Flags, context: string): BuildRequest {
  const isCheck = flags.bool('check') && !flags.changed('call');
  const call = isCheck ? { call: 'lint', format: '' } : parseCall(flags.text('call'));
  const attests = [...flags.list('attest')];
  if (asks(flags.text('sbom'))) attests.push('type=sbom');
  if (asks(flags.text('provenance'))) attests.push('type=provenance');
  for (const text of flags.list('cache-to')) cacheType(text);
  return {
    context,
    dockerfile: flags.text('file'),
    inline: undefined,
    tags: flags.list('tag'),
    buildArgs: parseBuildArgs(cli, flags.list('build-arg')),
    labels: mapOf(flags.list('label')),
    noCache: flags.bool('no-cache'),
    noCacheFilter: flags.list('no-cache-filter').flatMap((text) => text.split(',')),
    pull: flags.bool('pull'),
    target: flags.text('target'),
    network: flags.text('network'),
    platforms: flags.list('platform').flatMap((text) => text.split(',')),
    secrets: flags.list('secret').map((text) => parseSecret(cli, text)),
    ssh: flags.list('ssh'),
    contexts: parseContexts(flags.list('build-context')),
    outputs: flags
      .list('output')
      .filter((text) => text !== '')
      .map(parseOutput),
    cacheFrom: flags.list('cache-from'),
    cacheTo: flags.list('cache-to'),
    annotations: flags.list('annotation'),
    attests,
    extraHosts: flags.list('add-host'),
    shmSize: flags.text('shm-size'),
    ulimits: flags.list('ulimit'),
    cgroupParent: flags.text('cgroup-parent'),
    allow: flags.list('allow'),
    push: flags.bool('push'),
    load: flags.bool('load'),
    ...call,
  };
}

/** Kind of a cache that is read or written: `type=…`, or an image. @throws CliError */
export function cacheType(text: string): { type: string; attributes: Record<string, string> } {
  if (!text.includes('=')) return { type: 'registry', attributes: { ref: text } };
  const attributes = Object.fromEntries(fieldsOf(text, (field) => wrong(`invalid value ${field}`)));
  const { type } = attributes;
  if (type === undefined) throw wrong(`type required form> ${quote(text)}`);
  return { type, attributes };
}
