import { formatReference, parseReference, type Reference } from '../../../lib/reference.ts';
import { encode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import { type Cli, command } from '../command.ts';
import { CliError } from '../errors.ts';
import { type ImageManifest, ManifestRepository, manifestList, manifestReference, rawBytes } from './image-manifest.ts';
import { missing, removeList, storedList } from './store.ts';

export default command(function* (cli, flags, [name = '']) {
  const list = manifestReference(name);
  const images = yield* storedList(cli, list);
  if (!images) throw missing(list);
  if (images.length === 0) throw new CliError(`${formatReference(list)} not found`);
  for (const image of images) checkImage(list, image);
  const repository = new ManifestRepository(cli, list, flags.bool('insecure'), 'pull,push');
  for (const image of images) yield* pushImage(cli, repository, list, image);
  const { bytes, mediaType } = manifestList(images);
  const content = encode(bytes);
  yield* repository.put(list.tag!, content, mediaType);
  yield* cli.out.write(`sha256:${cli.sha256.hex(content)}\n`);
  if (flags.bool('purge')) removeList(cli, list);
  return 0;
});

/** @throws CliError for an image that cannot be in the list */
function checkImage(list: Reference, { Ref, Descriptor: { platform } }: ImageManifest): void {
  if (!platform?.architecture || !platform.os)
    throw new CliError(`manifest ${Ref} must have an OS and Architecture to be pushed to a registry`);
  const { domain } = parseReference(Ref);
  if (domain !== list.domain)
    throw new CliError(
      `cannot use source images from a different registry than the target image: ${domain} != ${list.domain}`,
    );
}

/** An image of another repository has to be in the list's own. */
function* pushImage(cli: Cli, to: ManifestRepository, list: Reference, image: ImageManifest): Wait<void> {
  const { path } = parseReference(image.Ref);
  if (path === list.path) return;
  const document = image.SchemaV2Manifest ?? image.OCIManifest;
  for (const { digest } of [...(document?.config ? [document.config] : []), ...(document?.layers ?? [])])
    yield* to.mount(digest, path);
  const { digest, mediaType } = image.Descriptor;
  yield* to.put(digest, rawBytes(image), mediaType);
  yield* cli.out.write(`Pushed ref ${list.domain}/${list.path}@${digest} with digest: ${digest}\n`);
}
