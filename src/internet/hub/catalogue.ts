import { O_RDONLY } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { decode } from '../../lib/utf8.ts';
import { byteRange, rangeFields } from '../../libc/http-range.ts';
import type { SiteRequest, SiteResponse } from '../../libc/http-server.ts';
import { open, readFile, type Wait, writeFile } from '../../libc/io.ts';
import { dirname, mkdirp } from '../../libc/paths.ts';
import { sendFile } from '../../libc/send-file.ts';
import { failure, JSON_TYPE, notFound, VERSION } from './answers.ts';

/** A repository of the catalogue. */
interface Repository {
  tags: Record<string, string>;
  description?: string;
  stars?: number;
}

/** What Docker Hub has from the beginning, as the build made it: /srv/hub/index.json; its blobs lie in /srv/hub/sha256. */
interface Index {
  repositories: Record<string, Repository>;
  manifests: Record<string, { mediaType: string; size: number }>;
  blobs: Record<string, number>;
}

const fileOf = (digest: string): string => `/srv/hub/${digest.replace(':', '/')}`;

/** The images that Docker Hub has before anybody pushes one: they are only read. */
export class HubCatalogue {
  private constructor(private readonly index: Index) {}

  /** @returns undefined where there is no catalogue */
  static *load(sys: Sys): Wait<HubCatalogue | undefined> {
    const bytes = yield* readFile(sys, '/srv/hub/index.json');
    return typeof bytes === 'number' ? undefined : new HubCatalogue(JSON.parse(decode(bytes)) as Index);
  }

  has(name: string): boolean {
    return Object.hasOwn(this.index.repositories, name);
  }

  get names(): string[] {
    return Object.keys(this.index.repositories);
  }

  repository(name: string): Repository | undefined {
    return this.has(name) ? this.index.repositories[name] : undefined;
  }

  /** Answers a read of a repository that it has. @see OCI distribution-spec v1.1, "Pull" */
  *serve(sys: Sys, request: SiteRequest, name: string, kind: string, reference: string): Wait<SiteResponse> {
    if (kind === 'blobs') return this.#blob(sys, request, reference);
    const { tags } = this.repository(name)!;
    if (kind === 'tags') {
      if (reference !== 'list') return notFound('404 page not found');
      const body = JSON.stringify({ name, tags: Object.keys(tags).sort() });
      return { status: 200, headers: [JSON_TYPE, VERSION], body };
    }
    const isDigest = reference.startsWith('sha256:');
    const digest = isDigest ? reference : tags[reference];
    const manifest = digest === undefined ? undefined : this.index.manifests[digest];
    if (digest === undefined || !manifest)
      return failure(
        404,
        'MANIFEST_UNKNOWN',
        'manifest unknown',
        `unknown ${isDigest ? 'manifest' : 'tag'}=${reference}`,
      );
    const body = yield* readFile(sys, fileOf(digest));
    if (typeof body === 'number') return failure(500, 'UNKNOWN', 'unknown error');
    const headers: [string, string][] = [
      ['Content-Type', manifest.mediaType],
      ['Docker-Content-Digest', digest],
      [...VERSION],
      ['Etag', `"${digest}"`],
    ];
    return { status: 200, headers, body };
  }

  #blob(sys: Sys, request: SiteRequest, digest: string): SiteResponse {
    const size = this.index.blobs[digest];
    if (size === undefined) return failure(404, 'BLOB_UNKNOWN', 'blob unknown to registry', digest);
    const range = byteRange(request.head.headers.get('range'), size);
    if (range === 'outside' || range === 'backward')
      return { status: 416, headers: [['Content-Range', `bytes */${size}`]] };
    const { from, to } = range ?? { from: 0, to: size - 1 };
    const headers: (readonly [string, string])[] = [
      ['Content-Type', 'application/octet-stream'],
      ['Docker-Content-Digest', digest],
      ['Accept-Ranges', 'bytes'],
      ...rangeFields(range, size),
    ];
    return {
      status: range ? 206 : 200,
      headers,
      *body(write) {
        const fd = yield* open(sys, fileOf(digest), O_RDONLY);
        if (fd >= 0) yield* sendFile(sys, fd, from, to - from + 1, write);
      },
    };
  }

  /**
   * Lets a registry whose storage begins at `root` take a blob of a repository over into another: links to the
   * catalogue's file, as if the blob had been pushed to that repository.
   */
  *lend(sys: Sys, root: string, name: string, digest: string): Wait<void> {
    if (!this.has(name) || this.index.blobs[digest] === undefined) return;
    const hex = digest.slice('sha256:'.length);
    const data = `${root}/docker/registry/v2/blobs/sha256/${hex.slice(0, 2)}/${hex}/data`;
    const link = `${root}/docker/registry/v2/repositories/${name}/_layers/sha256/${hex}/link`;
    for (const path of [data, link]) mkdirp(sys, dirname(path));
    sys.symlink(fileOf(digest), data);
    yield* writeFile(sys, link, digest, 0o644);
  }
}
