import type { Entry } from '../abi/sys.ts';
import type { ProgramModule } from '../libc/program.ts';
import { APPLETS, PROGRAMS } from './bin/index.gen.ts';
import { busybox } from './busybox.ts';
import { missing } from './missing.ts';
import { ash, bash, dash, SHELL_LIBRARIES } from './sh/index.ts';

export type { ProgramModule } from '../libc/program.ts';

/** Names of all programs, and of those that busybox has as applets. */
export const programNames: readonly string[] = Object.keys(PROGRAMS);
export const appletNames: readonly string[] = [...APPLETS, 'sh', 'ash'].sort();

/** A program's description, loaded when it is asked for. */
export async function describeProgram(name: string): Promise<ProgramModule | undefined> {
  const load = PROGRAMS[name];
  return load ? await (await load()).default : undefined;
}

/**
 * Where a program of the userland begins: the shells, busybox with all its applets, and one file of bin/ each. A name
 * that nobody wrote a program for gets one that says so (exit status 127).
 */
export async function loadUserland(name: string): Promise<Entry> {
  if (name === 'bash') return bash;
  if (name === 'dash') return dash;
  if (name === 'busybox') return busybox(await loadApplets());
  const found = await describeProgram(name);
  return found ? found.entry : missing(name);
}

/** Loads what a shell's first prompt did not wait for, so that the visitor need not. */
export async function loadShell(): Promise<void> {
  await Promise.all(SHELL_LIBRARIES.map((part) => part.load()));
}

async function loadApplets(): Promise<Map<string, Entry>> {
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
