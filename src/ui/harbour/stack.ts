import type { ImageStack, Layer } from '../drawing.ts';

/** A layer with what stands on it: one image or several neighbours. */
export interface StackTree {
  key: string;
  layer: Layer | undefined;
  /** How many images it carries. */
  span: number;
  above: StackTree[];
}

/** Trees of layers for a row of images, left to right: neighbours that share a layer stand on one. */
export function grow(images: readonly ImageStack[], depth = 0): StackTree[] {
  const trees: StackTree[] = [];
  for (let at = 0; at < images.length; ) {
    const layer = images[at]!.layers[depth];
    let end = at + 1;
    while (layer && end < images.length && images[end]!.layers[depth]?.id === layer.id) end++;
    const carried = images.slice(at, end);
    const higher = carried.some((image) => image.layers.length > depth + 1);
    trees.push({
      key: `${carried[0]!.id}/${depth}`,
      layer,
      span: carried.length,
      above: layer && higher ? grow(carried, depth + 1) : [],
    });
    at = end;
  }
  return trees;
}

/** Height of a layer in pixels: by the logarithm of its size. */
export function heightOf(size: number): number {
  if (size === 0) return 3;
  return Math.round(Math.min(60, Math.max(21, 24 + 14 * Math.log10(size / 8.5e6))));
}

/** How much the images have together: layers, those that several share, and bytes with each layer once. */
export function stackFacts(images: readonly ImageStack[]): { layers: number; shared: number; size: number } {
  const layers = new Map<string, Layer>();
  for (const image of images) for (const layer of image.layers) layers.set(layer.id, layer);
  const all = [...layers.values()];
  const known = all.reduce((sum, layer) => sum + layer.size, 0);
  return {
    layers: all.length,
    shared: all.filter((layer) => layer.sharedBy > 1).length,
    size: all.length > 0 ? known : images.reduce((sum, image) => sum + image.size, 0),
  };
}

/** What a command calls an image. */
export const shortName = (image: ImageStack): string => image.name ?? image.id.replace(/^sha256:/, '').slice(0, 12);
