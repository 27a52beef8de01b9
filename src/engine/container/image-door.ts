import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import type { ImageConfig } from '../image/oci.ts';

/** What containers need to know of an image. */
export interface Image {
  /** `sha256:…` of its configuration. */
  readonly id: string;
  readonly config: ImageConfig;
  /** Directory in overlay2 of its uppermost layer; undefined where it has none. */
  readonly topLayer: string | undefined;
  /** Chain id of its layers, '' where it has none. */
  readonly chainId: string;
}

/** What containers ask of the images. */
export interface Images {
  /** The image that a reference or an id names. @throws ApiError `No such image: busybox:latest` */
  get(sys: Sys, reference: string): Wait<Image>;
  /** An image by its full id; undefined where it is gone. */
  byId(sys: Sys, id: string): Wait<Image | undefined>;
  /** Bytes of all its layers. */
  size(sys: Sys, image: Image): Wait<number>;
  /** Names (`repo:tag`, `repo@digest`) of an image. */
  references(id: string): string[];
  /** How many images there are (/info). */
  readonly count: number;
}
