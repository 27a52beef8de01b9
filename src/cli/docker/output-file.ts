import { isDirectory, Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { CliError } from './errors.ts';
import { directoryOf, pathError } from './files.ts';

/** Whether a file can be written there. @throws CliError, its text after `what` */
export function checkOutputFile(sys: Sys, path: string, what: string): void {
  const folder = directoryOf(path);
  const st = new Stat();
  const there = sys.stat(folder, st);
  if (there < 0) throw new CliError(`${what}: invalid output path: ${pathError('stat', folder, there)}`);
  if (sys.stat(path, st) === 0 && isDirectory(st.mode)) throw new CliError(`${what}: cannot write to a directory`);
}
