import type { Entry } from '../abi/sys.ts';
import type { ProgramModule } from '../libc/program.ts';
import { missing } from './missing.ts';
import { ash, bash, dash, SHELL_LIBRARIES } from './sh/index.ts';

export type { ProgramModule } from '../libc/program.ts';

/** The list of programs comes with the first of them: the shells do not need it. */
const list = () => import('./bin/index.gen.ts');

/** Names of all programs of bin/. */
export const programNames = async (): Promise<readonly string[]> => Object.keys((await list()).PROGRAMS);

/** A program's description, loaded when it is asked for. */
export async function describeProgram(name: string): Promise<ProgramModule | undefined> {
  const load = (await list()).PROGRAMS[name];
  return load ? await (await load()).default : undefined;
}

/**
 * Where a program of the userland begins: the shells, busybox with all its applets, and one file of bin/ each. A name
 * that nobody wrote a program for gets one that says so (exit status 127).
 */
export async function loadUserland(name: string): Promise<Entry> {
  if (name === 'bash') return bash;
  if (name === 'dash') return dash;
  if (name === 'busybox') return (await import('./busybox.ts')).busybox(await loadApplets());
  const found = await describeProgram(name);
  return found ? found.entry : missing(name);
}

/** Loads what a shell's first prompt did not wait for, so that the visitor need not. */
export async function loadShell(): Promise<void> {
  await Promise.all(SHELL_LIBRARIES.map((part) => part.load()));
}

async function loadApplets(): Promise<Map<string, Entry>> {
  const { APPLETS } = await list();
  const modules = await Promise.all(APPLETS.map((name) => describeProgram(name)));
  const applets = new Map<string, Entry>([
    ['sh', ash],
    ['ash', ash],
  ]);
  for (const [at, module] of modules.entries()) {
    if (!module) continue;
    applets.set(APPLETS[at]!, module.entry);
    for (const path of module.at) applets.set(path.slice(path.lastIndexOf('/') + 1), module.entry);
  }
  return applets;
}

/** The supervision of units that process 1 of a host does. */
export async function loadSystemd(): Promise<typeof import('./systemd/init.ts')> {
  return await import('./systemd/init.ts');
}
