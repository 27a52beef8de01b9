import { Kernel } from '../kernel/index.ts';
import { dump, encodeChanges, TmpFs } from '../vfs/index.ts';
import { UBUNTU } from './figures.ts';
import { diskOptions, outsideOf, type World } from './machine.ts';
import { unpackRootfs } from './unpack.ts';

/**
 * Unpacks a root filesystem onto a new disk and packs that disk as it is, so that a host that boots for the first time only
 * reads it.
 * @param archive of the root filesystem, a tar
 * @param world with a virtual clock, so that the same archive gives the same bytes
 */
export async function packDisk(world: World, archive: Uint8Array): Promise<Uint8Array> {
  const disk = new TmpFs(diskOptions(world, UBUNTU));
  const kernel = new Kernel(outsideOf(world), {
    clock: world.clock,
    ...(world.virtualStart === undefined ? {} : { virtualStart: world.virtualStart }),
  });
  const status = await new Promise<number>((resolve) => {
    kernel.boot({
      root: disk,
      source: UBUNTU.device,
      init: function* (sys) {
        resolve(yield* unpackRootfs(sys, archive, ''));
        return 0;
      },
      argv: ['unpack'],
      envp: [],
    });
  });
  kernel.shutdown();
  const changes = status < 0 ? undefined : dump(disk);
  if (!changes) throw new Error(`the root filesystem could not be unpacked (errno ${-status})`);
  return encodeChanges(changes);
}
