import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import { Overlay2 } from './overlay2.ts';
import { RwLayers } from './rw-layers.ts';

/** The graph driver, and the containers' layers in it. */
export class Layers extends Overlay2 {
  readonly rw: RwLayers;

  /** @param root `/var/lib/docker` */
  constructor(root: string) {
    super(`${root}/overlay2`);
    this.rw = new RwLayers(this, root);
  }

  override *restore(sys: Sys): Wait<void> {
    yield* super.restore(sys);
    yield* this.rw.restore(sys);
  }
}
