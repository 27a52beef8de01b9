import { decode } from '../../../lib/utf8.ts';

/** What a manifest says of another document. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
  platform?: { architecture: string; os: string; variant?: string };
}

/** An image's manifest, or a list of them. */
export interface ManifestDocument {
  schemaVersion: number;
  mediaType?: string;
  config?: Descriptor;
  layers?: Descriptor[];
  manifests?: Descriptor[];
  annotations?: Record<string, string>;
}

export const DOCKER_LIST = 'application/vnd.docker.distribution.manifest.list.v2+json';
export const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';

export const isList = (mediaType: string): boolean => mediaType === DOCKER_LIST || mediaType === OCI_INDEX;

export const readManifest = (bytes: Uint8Array): ManifestDocument => JSON.parse(decode(bytes)) as ManifestDocument;

/** `linux/arm/v7` */
export const platformText = ({ os, architecture, variant }: NonNullable<Descriptor['platform']>): string =>
  `${os}/${architecture}${variant ? `/${variant}` : ''}`;
