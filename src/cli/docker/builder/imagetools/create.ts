import type { Wait } from '../../../../libc/io.ts';
import { type Cli, command } from '../../command.ts';
import { CliError } from '../../errors.ts';
import type { Flags } from '../../flags/parse.ts';

export default command(create);

function* create(_cli: Cli, flags: Flags, args: string[]): Wait<number> {
  if (args.length === 0 && flags.list('file').length === 0) throw new CliError('ERROR: no sources specified');
  throw new CliError('ERROR: imagetools create: not there yet');
}
