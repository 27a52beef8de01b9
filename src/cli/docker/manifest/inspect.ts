import { decode } from '../../../lib/utf8.ts';
import { command } from '../command.ts';
import { type ImageManifest, ManifestRepository, manifestList, manifestReference, rawBytes } from './image-manifest.ts';
import { missing, storedList, storedManifest } from './store.ts';

export default command(function* (cli, flags, args) {
  const verbose = flags.bool('verbose');
  const reference = manifestReference(args.at(-1)!);
  let found: ImageManifest | ImageManifest[] | undefined;
  if (args.length === 2) {
    const list = manifestReference(args[0]!);
    found = yield* storedManifest(cli, list, reference);
    if (!found) throw missing(reference);
  } else found = yield* storedList(cli, reference);
  found ??= yield* new ManifestRepository(cli, reference, flags.bool('insecure'), 'pull').fetch();
  yield* cli.out.write(`${verbose ? JSON.stringify(found, null, '\t') : plain(found)}\n`);
  return 0;
});

const plain = (found: ImageManifest | ImageManifest[]): string =>
  Array.isArray(found) ? manifestList(found).bytes : JSON.stringify(JSON.parse(decode(rawBytes(found))), null, '\t');
