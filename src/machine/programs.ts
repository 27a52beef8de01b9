import type { Entry } from '../abi/sys.ts';
import { loadShell, loadUserland } from '../userland/index.ts';

/** Hashing comes with those who need it: not before a first prompt. */
export const loadHash = async () => (await import('../lib/sha256.ts')).loadSha256();

/** Programs that are rooms of their own, by the name in their executable. Each is loaded when it is first executed. */
const ROOMS: Readonly<Record<string, () => Promise<Entry>>> = {
  'docker-init': async () => (await import('../engine/index.ts')).dockerInit,
  docker: async () => {
    const [{ makeDocker }, sha256] = await Promise.all([import('../cli/index.ts'), loadHash()]);
    return makeDocker({ sha256 });
  },
  hub: async () => (await import('../internet/index.ts')).loadHub(),
  mirror: async () => (await import('../internet/index.ts')).loadMirror(),
  web: async () => (await import('../internet/index.ts')).loadWeb(),
  dockerd: async () => {
    const [{ makeDockerd }, sha256] = await Promise.all([import('../engine/index.ts'), loadHash()]);
    return makeDockerd({ sha256 });
  },
};

/** Finds where a program begins. Names that nobody knows are programs that say so. */
export function loadProgram(name: string): Promise<Entry> {
  const room = ROOMS[name];
  return room ? room() : loadUserland(name);
}

/** What is likely to be needed soon after the first prompt: the rest of the shell, then the CLI. Where it fails, it is asked for again. */
export async function loadSoon(): Promise<void> {
  await loadShell();
  await loadProgram('docker');
}
