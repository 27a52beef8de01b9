import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';
import { BuildDisplay } from '../stream/build-display.ts';
import { type BuildProgress, PlainProgress } from '../stream/build-progress.ts';
import { RawProgress } from '../stream/build-raw.ts';

/** How a build is shown: drawn on a terminal, line by line elsewhere. @throws CliError */
export function progressOf(cli: Cli, mode: string, quiet: boolean): BuildProgress {
  if (!['auto', 'plain', 'tty', 'quiet', 'rawjson'].includes(mode))
    throw new CliError(`ERROR: invalid progress mode ${mode}`);
  const size = cli.sys.tiocgwinsz(2);
  const terminal = cli.sys.isatty(2) && typeof size !== 'number' ? size : undefined;
  if (mode === 'tty' && !terminal) throw new CliError('ERROR: failed to get console: provided file is not a console');
  if (mode === 'rawjson' && !quiet) return new RawProgress(cli.sys, cli.err, cli.sha256);
  if (quiet || !terminal || !['auto', 'tty'].includes(mode)) return new PlainProgress(cli.err, quiet);
  return new BuildDisplay(cli.sys, { rows: terminal.rows || 24, cols: terminal.cols || 80 });
}
