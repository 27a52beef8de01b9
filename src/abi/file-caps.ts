import { CAPABILITIES, type Capability, type CapSet } from './credentials.ts';

/** What a file's extended attribute `security.capability` says (capabilities(7), "File capabilities"). */
export interface FileCaps {
  permitted: CapSet;
  inheritable: CapSet;
  /** Permitted capabilities are effective at once. */
  effective: boolean;
}

/** Name of the attribute. */
export const FILE_CAPS = 'security.capability';
const REVISION_2 = 0x02000000;
const REVISION_3 = 0x03000000;

/** Reads struct vfs_cap_data. @returns undefined where it is none */
export function parseFileCaps(bytes: Uint8Array): FileCaps | undefined {
  if (bytes.length !== 20 && bytes.length !== 24) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const magic = view.getUint32(0, true);
  const revision = (magic & 0xff000000) >>> 0;
  if (revision !== REVISION_2 && revision !== REVISION_3) return undefined;
  const set = (low: number, high: number): CapSet =>
    new Set<Capability>(CAPABILITIES.filter((_, bit) => ((bit < 32 ? low >>> bit : high >>> (bit - 32)) & 1) === 1));
  return {
    permitted: set(view.getUint32(4, true), view.getUint32(12, true)),
    inheritable: set(view.getUint32(8, true), view.getUint32(16, true)),
    effective: (magic & 1) === 1,
  };
}

/** Writes struct vfs_cap_data, revision 2. */
export function fileCapsBytes(caps: FileCaps): Uint8Array {
  const out = new Uint8Array(20);
  const view = new DataView(out.buffer);
  view.setUint32(0, REVISION_2 | (caps.effective ? 1 : 0), true);
  for (const [offset, set] of [
    [4, caps.permitted],
    [8, caps.inheritable],
  ] as const)
    for (const [bit, cap] of CAPABILITIES.entries()) {
      if (!set.has(cap)) continue;
      const at = offset + (bit < 32 ? 0 : 8);
      view.setUint32(at, (view.getUint32(at, true) | (1 << (bit % 32))) >>> 0, true);
    }
  return out;
}
