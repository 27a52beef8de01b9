import { applyMode } from '../../../libc/mode.ts';
import { DockerfileError } from '../dockerfile-error.ts';

/** What `--chmod` makes of a file's permissions: an octal number, or letters as of chmod(1). @throws DockerfileError */
export function chmodOf(text: string): (mode: number, isDir: boolean) => number {
  if (/^\d+$/.test(text)) {
    if (!/^[0-7]{1,5}$/.test(text) || Number.parseInt(text, 8) > 0o7777)
      throw new DockerfileError(
        `invalid chmod parameter: '${text}'. it should be octal string and between 0 and 07777`,
      );
    const mode = Number.parseInt(text, 8);
    return () => mode;
  }
  if (applyMode(text, 0, false, 0) === undefined) throw new DockerfileError('invalid syntax');
  return (mode, isDir) => applyMode(text, mode, isDir, 0) ?? mode;
}
