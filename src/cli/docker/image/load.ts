import { EISDIR } from '../../../abi/errno.ts';
import { O_RDONLY } from '../../../abi/flags.ts';
import { open } from '../../../libc/io.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { isDirectoryAt, pathError } from '../files.ts';
import { platformsText } from '../platform.ts';
import { fileBody } from '../stream/body.ts';
import { showProgress } from '../stream/progress.ts';

export default command(function* (cli, flags) {
  const path = flags.text('input');
  let fd = 0;
  if (path !== '') {
    fd = yield* open(cli.sys, path, O_RDONLY);
    if (fd < 0) throw new CliError(pathError('open', path, fd));
  } else if (cli.sys.isatty(0)) throw new CliError('requested load from stdin, but stdin is empty');
  const client = yield* cli.client();
  if (path !== '' && isDirectoryAt(cli.sys, path)) throw new CliError(pathError('read', path, EISDIR));
  const platform = platformsText([flags.text('platform')], 'invalid platform: ');
  const quiet = flags.bool('quiet') || !cli.sys.isatty(1);
  const response = yield* client.call('POST', '/images/load', {
    query: { quiet: quiet ? 1 : 0, platform },
    body: fileBody(cli.sys, fd),
    headers: { 'Content-Type': 'application/x-tar' },
  });
  yield* showProgress(cli, client, response, 'out');
  return 0;
});
