import { O_CREAT, O_TRUNC, O_WRONLY } from '../../../abi/flags.ts';
import { open, writeAll } from '../../../libc/io.ts';
import { segment } from '../client.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { pathError } from '../files.ts';
import { checkOutputFile } from '../output-file.ts';

export default command(function* (cli, flags, [name = '']) {
  const path = flags.text('output');
  if (path === '' && cli.sys.isatty(1))
    throw new CliError('cowardly refusing to save to a terminal. Use the -o flag or redirect');
  if (path !== '') checkOutputFile(cli.sys, path, 'failed to export container');
  const client = yield* cli.client();
  const response = yield* client.call('GET', `/containers/${segment(name)}/export`);
  const fd = path === '' ? 1 : yield* open(cli.sys, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600);
  if (fd < 0) throw new CliError(`failed to export container: ${pathError('open', path, fd)}`);
  for (let piece; (piece = yield* response.chunk()); ) {
    const r = yield* writeAll(cli.sys, fd, piece);
    if (r < 0) throw new CliError(pathError('write', path || '/dev/stdout', r));
    if (cli.sys.tick()) yield;
  }
  if (path !== '') cli.sys.close(fd);
  return 0;
});
