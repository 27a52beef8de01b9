import type { Sys } from '../../abi/sys.ts';
import type { Reference } from '../../lib/reference.ts';
import type { Wait } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { readJson, writeAtomic } from '../disk.ts';

/** A compressed form of a layer, and a repository that has it. */
export interface BlobOrigin {
  Digest: string;
  /** `docker.io/library/nginx` */
  SourceRepository: string;
  HMAC: string;
}

/** Most origins that are kept of a layer. */
const MOST = 50;

export const repositoryName = ({ domain, path }: Reference): string => `${domain}/${path}`;

/**
 * Which registries have a layer, and under which digest: learned by pulls and pushes, used so that no layer is sent twice.
 * Files of image/overlay2/distribution/v2metadata-by-diffid. @see moby distribution/metadata/v2_metadata_service.go
 */
export class BlobOrigins {
  readonly #dir: string;

  /** @param dir the folder `distribution` of the images */
  constructor(dir: string) {
    this.#dir = `${dir}/v2metadata-by-diffid/sha256`;
  }

  #path(diffId: string): string {
    return `${this.#dir}/${diffId.slice('sha256:'.length)}`;
  }

  /** Origins of a layer, the latest last. */
  *of(sys: Sys, diffId: string): Wait<BlobOrigin[]> {
    const read = yield* readJson<BlobOrigin[]>(sys, this.#path(diffId));
    return Array.isArray(read) ? read : [];
  }

  *add(sys: Sys, diffId: string, digest: string, reference: Reference): Wait<void> {
    const added: BlobOrigin = { Digest: digest, SourceRepository: repositoryName(reference), HMAC: '' };
    const others = (yield* this.of(sys, diffId)).filter(
      (o) => o.Digest !== digest || o.SourceRepository !== added.SourceRepository,
    );
    mkdirp(sys, this.#dir, 0o755);
    yield* writeAtomic(sys, this.#path(diffId), JSON.stringify([...others, added].slice(-MOST)), 0o644);
  }

  /** Forgets an origin that turned out to be wrong. */
  *remove(sys: Sys, diffId: string, wrong: BlobOrigin): Wait<void> {
    const left = (yield* this.of(sys, diffId)).filter(
      (o) => o.Digest !== wrong.Digest || o.SourceRepository !== wrong.SourceRepository,
    );
    yield* writeAtomic(sys, this.#path(diffId), JSON.stringify(left), 0o644);
  }
}
