import { CLOCK_MONOTONIC } from '../../../../abi/flags.ts';
import { formatReference, type Reference } from '../../../../lib/reference.ts';
import { decode, encode } from '../../../../lib/utf8.ts';
import { readFile, type Wait } from '../../../../libc/io.ts';
import { progressOf } from '../../build/progress.ts';
import { type Cli, command } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { pathError } from '../../files.ts';
import type { Flags } from '../../flags/parse.ts';
import { type Manifest, Repository } from '../../registry/client.ts';
import {
  type Descriptor,
  DOCKER_LIST,
  isList,
  OCI_INDEX,
  platformText,
  readManifest,
} from '../../registry/manifests.ts';
import { asked, referenceOf } from './inspect.ts';

/** A manifest that becomes part of the new one, and where it is. */
interface Part {
  descriptor: Descriptor;
  bytes: Uint8Array;
  from: Repository;
}

/** A source as it stands in its registry. */
interface Source {
  manifest: Manifest;
  parts: Part[];
}

/** @see docker/buildx commands/imagetools/create.go, util/imagetools/create.go */
export default command(function* (cli, flags, args) {
  const tags = flags.list('tag').map(referenceOf);
  const names = [...(yield* fromFiles(cli, flags.list('file'))), ...args];
  if (names.length === 0) throw new CliError('ERROR: no sources specified');
  const dry = flags.bool('dry-run');
  if (tags.length === 0 && !dry)
    throw new CliError("ERROR: can't push with no tags specified, please set --tag or --dry-run");
  if (flags.bool('append')) names.push(...tags.map(formatReference));
  const sources: Source[] = [];
  for (const name of names) sources.push(yield* asked(() => sourceOf(cli, referenceOf(name))));
  const made = combine(flags, sources);
  if (dry) {
    yield* cli.out.write(`${decode(made.bytes)}\n`);
    return 0;
  }
  const parts = wanted(flags, sources);
  yield* asked(() => push(cli, flags, tags, made, parts));
  return 0;
});

/** Sources that files name, one a file: a descriptor in JSON, or a name. @throws CliError */
function* fromFiles(cli: Cli, paths: readonly string[]): Wait<string[]> {
  const names: string[] = [];
  for (const path of paths) {
    const bytes = yield* readFile(cli.sys, path);
    if (typeof bytes === 'number') throw new CliError(`ERROR: ${pathError('open', path, bytes)}`);
    names.push(decode(bytes).trim());
  }
  return names;
}

function* sourceOf(cli: Cli, reference: Reference): Wait<Source> {
  const from = new Repository(cli, reference, 'pull');
  const manifest = yield* from.manifest(reference.digest ?? reference.tag!);
  if (!manifest) throw new CliError(`${formatReference(reference)}: not found`);
  const document = readManifest(manifest.bytes);
  if (!isList(manifest.mediaType)) {
    const { architecture, os, variant } = readManifest(
      yield* from.blob(document.config!.digest),
    ) as unknown as NonNullable<Descriptor['platform']>;
    const descriptor: Descriptor = {
      mediaType: manifest.mediaType,
      digest: `sha256:${cli.sha256.hex(manifest.bytes)}`,
      size: manifest.bytes.length,
      platform: { architecture, os, ...(variant ? { variant } : {}) },
    };
    return { manifest, parts: [{ descriptor, bytes: manifest.bytes, from }] };
  }
  const parts: Part[] = [];
  for (const descriptor of document.manifests ?? []) {
    const part = yield* from.manifest(descriptor.digest);
    if (!part) throw new CliError(`${formatReference(reference)}@${descriptor.digest}: not found`);
    parts.push({ descriptor, bytes: part.bytes, from });
  }
  return { manifest, parts };
}

/** The manifests of all sources, each once; of some platforms only, where they are named. */
function wanted(flags: Flags, sources: readonly Source[]): Part[] {
  const platforms = flags.list('platform').flatMap((word) => word.split(','));
  const parts = new Map<string, Part>();
  for (const part of sources.flatMap((source) => source.parts)) {
    const { platform } = part.descriptor;
    if (platforms.length > 0 && (!platform || !platforms.includes(platformText(platform)))) continue;
    if (!parts.has(part.descriptor.digest)) parts.set(part.descriptor.digest, part);
  }
  return [...parts.values()];
}

/** The new manifest: a list of all, or the only one as it is. */
function combine(flags: Flags, sources: readonly Source[]): Manifest {
  const annotations = annotationsOf(flags.list('annotation'));
  const plain = annotations.size === 0 && flags.list('platform').length === 0;
  const [only] = sources;
  if (sources.length === 1 && only && plain && (isList(only.manifest.mediaType) || !flags.bool('prefer-index')))
    return only.manifest;
  const parts = wanted(flags, sources);
  const docker = parts.every(({ descriptor }) => /docker/.test(descriptor.mediaType));
  const mediaType = docker ? DOCKER_LIST : OCI_INDEX;
  const document = {
    schemaVersion: 2,
    mediaType,
    manifests: parts.map(({ descriptor }) => descriptor),
    // a list of Docker's kind has no annotations
    ...(annotations.size > 0 && !docker ? { annotations: Object.fromEntries(annotations) } : {}),
  };
  return { mediaType, bytes: encode(JSON.stringify(document, null, 2)) };
}

/** `index:KEY=VALUE`. @throws CliError */
function annotationsOf(words: readonly string[]): Map<string, string> {
  const found = new Map<string, string>();
  for (const word of words) {
    const m = /^(?:(index|manifest|index-descriptor|manifest-descriptor)(?:\[[^\]]*\])?:)?([^=]+)=(.*)$/s.exec(word);
    if (!m) throw new CliError(`ERROR: invalid annotation ${JSON.stringify(word)}`);
    if (m[1] === 'manifest' || m[1]?.endsWith('-descriptor'))
      throw new CliError(`ERROR: annotations of type ${m[1]} are not simulated`);
    found.set(m[2]!, m[3]!);
  }
  return found;
}

function* push(cli: Cli, flags: Flags, tags: readonly Reference[], made: Manifest, parts: readonly Part[]): Wait<void> {
  const mode = flags.text('progress');
  const progress = progressOf(cli, mode, mode === 'quiet');
  const begun = cli.sys.now(CLOCK_MONOTONIC);
  const now = (): number => cli.sys.now(CLOCK_MONOTONIC) - begun;
  for (const tag of tags) {
    const name = formatReference(tag);
    const to = new Repository(cli, tag, 'pull,push');
    const vertex = { id: name, name: `[internal] pushing ${name}`, started: now() };
    const say = (text: string): Wait<void> =>
      progress.show({ logs: [{ vertex: name, stream: 1, data: `${text}\n`, at: now() }] });
    yield* progress.show({ vertexes: [vertex] });
    for (const { descriptor, bytes, from } of parts) {
      yield* say(`copying ${descriptor.digest} from ${formatReference(from.reference)} to ${name}`);
      const { config, layers = [] } = readManifest(bytes);
      for (const blob of [...(config ? [config] : []), ...layers]) yield* to.copyBlob(from, blob.digest);
      yield* to.putManifest(descriptor.digest, { bytes, mediaType: descriptor.mediaType });
    }
    yield* say(`pushing sha256:${cli.sha256.hex(made.bytes)} to ${name}`);
    yield* to.putManifest(tag.digest ?? tag.tag!, made);
    yield* progress.show({ vertexes: [{ ...vertex, completed: now() }] });
  }
  yield* progress.end([]);
}
