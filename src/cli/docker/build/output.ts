import { O_CREAT, O_TRUNC, O_WRONLY } from '../../../abi/flags.ts';
import { open, type Wait, writeAll } from '../../../libc/io.ts';
import { Untar } from '../../../libc/untar.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { isDirectoryAt, makeDirectories, pathError } from '../files.ts';
import type { OutputSpec } from './request.ts';

/** Takes the files of a result as they come: into a folder, into an archive, or to standard output. */
export class OutputFile {
  private constructor(
    private readonly cli: Cli,
    /** Unpacks into a folder. */
    private readonly untar: Untar | undefined,
    private readonly fd: number,
  ) {}

  /** @throws CliError where it cannot be written */
  static *open(cli: Cli, { type, dest }: OutputSpec): Wait<OutputFile> {
    const { sys } = cli;
    if (type === 'local') {
      if (!isDirectoryAt(sys, dest)) {
        const r = makeDirectories(sys, dest, 0o755);
        if (r < 0) throw new CliError(pathError('mkdir', dest, r));
      }
      return new OutputFile(cli, new Untar(sys, dest, { whiteouts: false }), -1);
    }
    if (dest === '' || dest === '-') {
      if (sys.isatty(1)) throw new CliError('dest file is required for tar exporter. refusing to write to console');
      return new OutputFile(cli, undefined, 1);
    }
    if (isDirectoryAt(sys, dest)) throw new CliError(`destination directory ${dest} is a directory`);
    const fd = yield* open(sys, dest, O_WRONLY | O_CREAT | O_TRUNC, 0o644);
    if (fd < 0) throw new CliError(pathError('open', dest, fd));
    return new OutputFile(cli, undefined, fd);
  }

  *write(bytes: Uint8Array): Wait<void> {
    if (this.untar) yield* this.untar.push(bytes);
    else yield* writeAll(this.cli.sys, this.fd, bytes);
  }

  *finish(): Wait<void> {
    if (this.untar) yield* this.untar.finish();
    else if (this.fd > 1) this.cli.sys.close(this.fd);
  }
}
