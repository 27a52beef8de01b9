import { GoTemplate, TemplateError } from '../../../../lib/go-template.ts';
import type { GoValue } from '../../../../lib/go-value.ts';
import {
  formatReference,
  InvalidReference,
  parseReference,
  type Reference,
  tagNameOnly,
} from '../../../../lib/reference.ts';
import { decode } from '../../../../lib/utf8.ts';
import type { Wait } from '../../../../libc/io.ts';
import { type Cli, command } from '../../command.ts';
import { CliError, messageOf } from '../../errors.ts';
import { executeTemplate } from '../../format/formatter.ts';
import { Repository } from '../../registry/client.ts';
import { isList, type ManifestDocument, platformText, readManifest } from '../../registry/manifests.ts';

const USAGE =
  "ERROR: docker: 'docker buildx imagetools inspect' requires 1 argument\n\nUsage:  docker buildx imagetools inspect [OPTIONS] NAME\n\nRun 'docker buildx imagetools inspect --help' for more information";

export default command(function* (cli, flags, args) {
  if (args.length !== 1) throw new CliError(USAGE);
  const reference = referenceOf(args[0]!);
  const repository = new Repository(cli, reference, 'pull');
  const found = yield* asked(() => repository.manifest(reference.digest ?? reference.tag!));
  const name = formatReference(reference);
  if (!found) throw new CliError(`ERROR: ${name}: not found`);
  const { bytes, mediaType } = found;
  if (flags.bool('raw')) {
    yield* cli.out.write(bytes);
    return 0;
  }
  const digest = `sha256:${cli.sha256.hex(bytes)}`;
  const document = readManifest(bytes);
  const format = flags.text('format');
  if (format !== '') {
    const { schemaVersion, mediaType: _, ...rest } = document;
    const manifest = { schemaVersion, mediaType, digest, size: bytes.length, ...rest };
    const image = yield* imageOf(repository, document);
    yield* cli.out.write(formatted(format, { Name: name, Manifest: manifest, Image: image }));
    return 0;
  }
  yield* cli.out.write(`Name:      ${name}\nMediaType: ${mediaType}\nDigest:    ${digest}\n`);
  if (isList(mediaType)) yield* printList(cli, reference, document);
  return 0;
});

/** @throws CliError */
export function referenceOf(name: string): Reference {
  try {
    return tagNameOnly(parseReference(name));
  } catch (error) {
    if (error instanceof InvalidReference) throw new CliError(`ERROR: ${error.message}`);
    throw error;
  }
}

/** Errors of a registry with the command's own prefix. */
export function* asked<T>(body: () => Wait<T>): Wait<T> {
  try {
    return yield* body();
  } catch (error) {
    throw new CliError(`ERROR: ${messageOf(error)}`);
  }
}

function* printList(cli: Cli, reference: Reference, { manifests = [] }: ManifestDocument): Wait<void> {
  const { digest: _, ...named } = reference;
  const blocks = manifests.map((manifest) => {
    const rows = [`  Name:      ${formatReference(named)}@${manifest.digest}`, `  MediaType: ${manifest.mediaType}`];
    if (manifest.platform) rows.push(`  Platform:  ${platformText(manifest.platform)}`);
    const notes = Object.entries(manifest.annotations ?? {});
    if (notes.length > 0) rows.push('  Annotations: ', ...notes.map(([key, value]) => `    ${key}: ${value}`));
    return `${rows.join('\n')}\n`;
  });
  yield* cli.out.write(`           \nManifests: \n${blocks.join('             \n')}`);
}

/** Fields of a configuration, as the OCI's type has them. */
const IMAGE_FIELDS = ['created', 'author', 'architecture', 'variant', 'os', 'config', 'rootfs', 'history'];

/** The configuration of an image, or of each of a list by its platform. */
function* imageOf(repository: Repository, document: ManifestDocument): Wait<unknown> {
  const config = function* ({ config }: ManifestDocument): Wait<unknown> {
    if (!config) return null;
    const image = JSON.parse(decode(yield* repository.blob(config.digest))) as Record<string, unknown>;
    return Object.fromEntries(IMAGE_FIELDS.flatMap((name) => (name in image ? [[name, image[name]]] : [])));
  };
  if (!document.manifests) return yield* config(document);
  const images: Record<string, unknown> = {};
  for (const { digest, platform } of document.manifests) {
    const found = yield* repository.manifest(digest);
    if (found && platform) images[platformText(platform)] = yield* config(readManifest(found.bytes));
  }
  const all = Object.values(images);
  return all.length === 1 ? all[0] : images;
}

/** @throws CliError */
function formatted(format: string, value: Record<string, unknown>): string {
  if (format === 'json' || /^\{\{ *json *\. *\}\}$/.test(format)) return JSON.stringify(lower(value), null, 2);
  const part = /^\{\{ *json +\.(Name|Manifest|Image) *\}\}$/.exec(format)?.[1];
  if (part !== undefined) return JSON.stringify(value[part], null, 2);
  try {
    const { output, error } = executeTemplate(new GoTemplate(format), exported(value) as GoValue);
    if (error !== undefined) throw new CliError(`ERROR: ${error}`);
    return output;
  } catch (error) {
    if (error instanceof TemplateError) throw new CliError(`ERROR: ${error.message}`);
    throw error;
  }
}

/** Fields as templates name them. */
function exported(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(exported);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [
      key === 'os' ? 'OS' : key.charAt(0).toUpperCase() + key.slice(1),
      key === 'Labels' || key === 'annotations' ? part : exported(part),
    ]),
  );
}

const lower = (value: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).map(([key, part]) => [key.toLowerCase(), part]));
