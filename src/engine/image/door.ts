import type { Wait } from '../../libc/io.ts';
import type { Image as ContainerImage, Images } from '../container/image-door.ts';
import { type Image, type ImageStore, requireReference } from './image-store.ts';

/** The images as containers see them. */
export function imagesDoor(store: ImageStore): Images {
  const seen = new WeakMap<Image, ContainerImage>();
  const view = (image: Image): ContainerImage => {
    let known = seen.get(image);
    if (!known) {
      known = {
        id: image.id,
        config: image.config,
        topLayer: image.topLayer?.cacheId,
        chainId: image.topLayer?.chainId ?? '',
      };
      seen.set(image, known);
    }
    return known;
  };
  return {
    *get(_sys, reference): Wait<ContainerImage> {
      const image = store.find(reference);
      if (image) return view(image);
      requireReference(reference);
      return view(store.get(reference));
    },
    *byId(_sys, id): Wait<ContainerImage | undefined> {
      const image = store.byId(id);
      return image ? view(image) : undefined;
    },
    *size(_sys, image): Wait<number> {
      return store.byId(image.id)?.size ?? 0;
    },
    references: (id) => [...store.tags(id), ...store.digests(id)],
    get count() {
      return store.all().length;
    },
  };
}
