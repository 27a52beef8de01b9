import { ENOENT } from '../../../abi/errno.ts';
import { formatReference, type Reference } from '../../../lib/reference.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../../libc/io.ts';
import { listDir, mkdirp, removeTree } from '../../../libc/paths.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { pathError } from '../files.ts';
import type { ImageManifest } from './image-manifest.ts';

const fileName = (reference: Reference): string => formatReference(reference).replaceAll(':', '-').replaceAll('/', '_');

/** Lists that are being made: ~/.docker/manifests/LIST/MANIFEST, a JSON file an image. */
const folderOf = (cli: Cli, list: Reference): string => `${cli.config.folder}/manifests/${fileName(list)}`;

export const missing = (reference: Reference): CliError =>
  new CliError(`No such manifest: ${formatReference(reference)}`);

/** @returns the image of a list; undefined where it is not in it */
export function* storedManifest(cli: Cli, list: Reference, image: Reference): Wait<ImageManifest | undefined> {
  return yield* readManifest(cli, `${folderOf(cli, list)}/${fileName(image)}`);
}

function* readManifest(cli: Cli, path: string): Wait<ImageManifest | undefined> {
  const bytes = yield* readFile(cli.sys, path);
  if (bytes === -ENOENT) return undefined;
  if (typeof bytes === 'number') throw new CliError(pathError('open', path, bytes));
  return JSON.parse(decode(bytes)) as ImageManifest;
}

/** @returns all images of a list; undefined where there is no such list */
export function* storedList(cli: Cli, list: Reference): Wait<ImageManifest[] | undefined> {
  const folder = folderOf(cli, list);
  const names = listDir(cli.sys, folder);
  if (typeof names === 'number') return undefined;
  const out: ImageManifest[] = [];
  for (const name of [...names].sort()) {
    const image = yield* readManifest(cli, `${folder}/${name}`);
    if (image) out.push(image);
  }
  return out;
}

export function* storeManifest(cli: Cli, list: Reference, image: Reference, manifest: ImageManifest): Wait<void> {
  const folder = folderOf(cli, list);
  mkdirp(cli.sys, folder, 0o755);
  const path = `${folder}/${fileName(image)}`;
  const r = yield* writeFile(cli.sys, path, JSON.stringify(manifest), 0o644);
  if (r < 0) throw new CliError(pathError('open', path, r));
}

export function removeList(cli: Cli, list: Reference): void {
  removeTree(cli.sys, folderOf(cli, list));
}
