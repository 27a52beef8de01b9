import type { ImageContainerConfig } from '../../api/image.ts';

/** A descriptor of the OCI image specification: media type, digest and size of a blob. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
  platform?: { architecture: string; os: string; variant?: string };
}

export interface Manifest {
  schemaVersion: number;
  mediaType?: string;
  config: Descriptor;
  layers: Descriptor[];
}

export interface Index {
  schemaVersion: number;
  mediaType?: string;
  manifests: Descriptor[];
}

export interface HistoryEntry {
  /** RFC 3339. */
  created?: string;
  created_by?: string;
  author?: string;
  comment?: string;
  empty_layer?: boolean;
}

/** An image's configuration, as it is stored and hashed: its digest is the image's id. */
export interface ImageConfig {
  architecture: string;
  os: string;
  variant?: string;
  author?: string;
  created?: string;
  docker_version?: string;
  container?: string;
  comment?: string;
  config?: Partial<ImageContainerConfig>;
  container_config?: unknown;
  history?: HistoryEntry[];
  rootfs: { type: string; diff_ids: string[] };
}

/** What an archive with nothing in it is called by: such a layer counts as none. */
export const EMPTY_LAYER = 'sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef';

export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
export const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
export const OCI_CONFIG = 'application/vnd.oci.image.config.v1+json';
export const OCI_LAYER = 'application/vnd.oci.image.layer.v1.tar';
export const OCI_LAYER_GZIP = 'application/vnd.oci.image.layer.v1.tar+gzip';
export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

export const DOCKER_CONFIG = 'application/vnd.docker.container.image.v1+json';
export const DOCKER_LAYER = 'application/vnd.docker.image.rootfs.diff.tar.gzip';

export const isIndexType = (mediaType: string): boolean => mediaType === OCI_INDEX || mediaType === DOCKER_LIST;

/**
 * The chain ids of a list of layers: the first is its diffId, each other the digest of its parent's and its own.
 * @see OCI image-spec config.md, "Layer ChainID"
 */
export function chainIds(diffIds: readonly string[], sha256: (text: string) => string): string[] {
  const chain: string[] = [];
  for (const diffId of diffIds) {
    const parent = chain.at(-1);
    chain.push(parent === undefined ? diffId : `sha256:${sha256(`${parent} ${diffId}`)}`);
  }
  return chain;
}
