import { formatReference } from '../../../lib/reference.ts';
import { command } from '../command.ts';
import { CliError, messageOf } from '../errors.ts';
import { ManifestRepository, manifestReference } from './image-manifest.ts';
import { storedList, storedManifest, storeManifest } from './store.ts';

export default command(function* (cli, flags, [name = '', ...images]) {
  const list = referenceOf(name);
  const present = yield* storedList(cli, list);
  if (present && !flags.bool('amend'))
    throw new CliError('refusing to amend an existing manifest list with no --amend flag');
  for (const text of images) {
    const image = manifestReference(text);
    let manifest = yield* storedManifest(cli, list, image);
    if (!manifest) {
      const got = yield* new ManifestRepository(cli, image, flags.bool('insecure'), 'pull').fetch();
      if (Array.isArray(got)) throw new CliError(`${formatReference(image)} is a manifest list`);
      manifest = got;
    }
    yield* storeManifest(cli, list, image, manifest);
  }
  yield* cli.out.write(`Created manifest list ${formatReference(list)}\n`);
  return 0;
});

function referenceOf(name: string): ReturnType<typeof manifestReference> {
  try {
    return manifestReference(name);
  } catch (error) {
    throw new CliError(`error parsing name for manifest list ${name}: ${messageOf(error)}`);
  }
}
