import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import type { Image } from '../image/image-store.ts';
import type { Lines } from './dockerfile-error.ts';

/** A tree to begin with: nothing. */
export interface ScratchOp {
  readonly kind: 'scratch';
}

/** The layers of an image. */
export interface ImageOp {
  readonly kind: 'image';
  /** As the client's display names it; a later use of the same image gives its own. */
  name: string;
  readonly image: Image;
}

/** A folder that the client sent. */
export interface LocalOp {
  readonly kind: 'local';
  readonly name: string;
  /** Name of the context; undefined for the main one. */
  readonly context: string | undefined;
  /** Folder of the daemon in which it is. */
  readonly root: string;
  /** What of it is used: paths or patterns. */
  readonly paths: Set<string>;
  /** `transferring context:` */
  readonly verb: string;
}

/** Something that is fetched: it lies in a folder of its own once it is here. */
export interface FetchOp {
  readonly kind: 'fetch';
  readonly name: string;
  /** Fetches into an empty folder. @param log takes what is said meanwhile. @returns what its content is known by */
  fetch(sys: Sys, dir: string, log: (text: string) => Wait<void>): Wait<string>;
  readonly at: Lines;
}

/** What a step works with. */
export interface LayerWork {
  sys: Sys;
  /** The tree to change. */
  merged: string;
  layerId: string;
  /** The step in the display. */
  vertex: string;
  /** Trees of the inputs. */
  roots: readonly string[];
}

/** A step that makes a layer above another tree. */
export interface LayerOp {
  readonly kind: 'layer';
  readonly name: string;
  readonly parent: Op;
  /** Trees that it only reads. */
  readonly inputs: readonly Op[];
  /** Files that stand in the Dockerfile itself. */
  readonly documents: number;
  /** What it does, apart from its inputs. */
  readonly identity: unknown;
  /** It is done again even if the cache has it. */
  readonly ignoreCache: boolean;
  /** What of the inputs it reads, as a digest. @throws BuildError where something is not there */
  content(sys: Sys, roots: readonly string[]): Wait<string>;
  work(work: LayerWork): Wait<void>;
  readonly at: Lines;
}

/** A node of the graph of steps. */
export type Op = ScratchOp | ImageOp | LocalOp | FetchOp | LayerOp;

export const SCRATCH: ScratchOp = { kind: 'scratch' };

/** The trees that an op needs, the one below first. */
export const sourcesOf = (op: Op): readonly Op[] => (op.kind === 'layer' ? [op.parent, ...op.inputs] : []);
