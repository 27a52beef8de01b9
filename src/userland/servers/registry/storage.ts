import { isRegular, Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait, writeFile } from '../../../libc/io.ts';
import { dirname, isDir, listDir, mkdirp, removeTree } from '../../../libc/paths.ts';
import { refuse } from './errors.ts';

const hexOf = (digest: string): string => digest.slice('sha256:'.length);

export const isDigest = (text: string): boolean => /^sha256:[0-9a-f]{64}$/.test(text);

/**
 * The files below rootdirectory: blobs by their digest, and for each repository links to those that it has, to its
 * manifests and its tags. @see distribution registry/storage/paths.go
 */
export class Storage {
  readonly #base: string;

  constructor(readonly root: string) {
    this.#base = `${root.replace(/\/$/, '')}/docker/registry/v2`;
  }

  get blobs(): string {
    return `${this.#base}/blobs/sha256`;
  }

  blobDir(digest: string): string {
    const hex = hexOf(digest);
    return `${this.blobs}/${hex.slice(0, 2)}/${hex}`;
  }

  blobPath(digest: string): string {
    return `${this.blobDir(digest)}/data`;
  }

  repository(name: string): string {
    return `${this.#base}/repositories/${name}`;
  }

  uploads(name: string): string {
    return `${this.repository(name)}/_uploads`;
  }

  tags(name: string): string {
    return `${this.repository(name)}/_manifests/tags`;
  }

  revisions(name: string): string {
    return `${this.repository(name)}/_manifests/revisions/sha256`;
  }

  #layerLink(name: string, digest: string): string {
    return `${this.repository(name)}/_layers/sha256/${hexOf(digest)}/link`;
  }

  #revisionLink(name: string, digest: string): string {
    return `${this.revisions(name)}/${hexOf(digest)}/link`;
  }

  /** Bytes of a blob; undefined where there is none. */
  blobSize(sys: Sys, digest: string): number | undefined {
    const st = new Stat();
    return sys.stat(this.blobPath(digest), st) === 0 && isRegular(st.mode) ? st.size : undefined;
  }

  hasLayer(sys: Sys, name: string, digest: string): boolean {
    return exists(sys, this.#layerLink(name, digest));
  }

  hasRevision(sys: Sys, name: string, digest: string): boolean {
    return exists(sys, this.#revisionLink(name, digest));
  }

  /** Digests of all manifests of a repository. */
  listRevisions(sys: Sys, name: string): string[] {
    const names = listDir(sys, this.revisions(name));
    const digests = typeof names === 'number' ? [] : names.sort().map((hex) => `sha256:${hex}`);
    return digests.filter((digest) => this.hasRevision(sys, name, digest));
  }

  *linkLayer(sys: Sys, name: string, digest: string): Wait<void> {
    yield* put(sys, this.#layerLink(name, digest), digest);
  }

  unlinkLayer(sys: Sys, name: string, digest: string): void {
    sys.unlink(this.#layerLink(name, digest));
  }

  unlinkRevision(sys: Sys, name: string, digest: string): void {
    sys.unlink(this.#revisionLink(name, digest));
  }

  /** Stores a manifest's bytes and links it as a revision of the repository. */
  *putRevision(sys: Sys, name: string, digest: string, bytes: Uint8Array): Wait<void> {
    if (this.blobSize(sys, digest) === undefined) yield* put(sys, this.blobPath(digest), bytes);
    yield* put(sys, this.#revisionLink(name, digest), digest);
  }

  *tag(sys: Sys, name: string, tag: string, digest: string): Wait<void> {
    yield* put(sys, `${this.tags(name)}/${tag}/index/sha256/${hexOf(digest)}/link`, digest);
    yield* put(sys, `${this.tags(name)}/${tag}/current/link`, digest);
  }

  /** @returns the digest that a tag stands for; undefined where there is no such tag */
  *resolveTag(sys: Sys, name: string, tag: string): Wait<string | undefined> {
    const bytes = yield* readFile(sys, `${this.tags(name)}/${tag}/current/link`);
    return typeof bytes === 'number' ? undefined : decode(bytes).trim();
  }

  /** @returns whether the tag was there */
  untag(sys: Sys, name: string, tag: string): boolean {
    const path = `${this.tags(name)}/${tag}`;
    if (!isDir(sys, path)) return false;
    removeTree(sys, path);
    return true;
  }

  /** Tags in their alphabet's order; undefined where the repository was never tagged. */
  listTags(sys: Sys, name: string): string[] | undefined {
    const names = listDir(sys, this.tags(name));
    return typeof names === 'number' ? undefined : names.sort();
  }

  *readBlob(sys: Sys, digest: string): Wait<Uint8Array | undefined> {
    const bytes = yield* readFile(sys, this.blobPath(digest));
    return typeof bytes === 'number' ? undefined : bytes;
  }

  /** Moves a finished upload to its place; the same content that is there already stays. */
  moveBlob(sys: Sys, from: string, digest: string): void {
    const to = this.blobPath(digest);
    const made = mkdirp(sys, dirname(to));
    const moved = made < 0 ? made : this.blobSize(sys, digest) === undefined ? sys.rename(from, to) : sys.unlink(from);
    if (moved < 0) throw refuse('UNKNOWN', { DriverName: 'filesystem' });
  }

  /** Names of all repositories, in their alphabet's order. */
  repositories(sys: Sys): string[] {
    const out: string[] = [];
    const walk = (dir: string, name: string): void => {
      const names = listDir(sys, dir);
      if (typeof names === 'number') return;
      if (names.includes('_layers')) out.push(name);
      for (const inner of names.sort())
        if (!inner.startsWith('_')) walk(`${dir}/${inner}`, name === '' ? inner : `${name}/${inner}`);
    };
    walk(`${this.#base}/repositories`, '');
    return out.sort();
  }
}

function exists(sys: Sys, path: string): boolean {
  return sys.stat(path, new Stat()) === 0;
}

/** Writes a file and the directories that it needs. @throws RegistryError where the disk does not take it */
function* put(sys: Sys, path: string, data: string | Uint8Array): Wait<void> {
  const made = mkdirp(sys, dirname(path));
  const r = made < 0 ? made : yield* writeFile(sys, path, data, 0o644);
  if (r < 0) throw refuse('UNKNOWN', { DriverName: 'filesystem', Enclosed: { Op: 'open', Path: path, Err: -r } });
}
