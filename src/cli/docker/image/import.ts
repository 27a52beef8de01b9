import { O_RDONLY } from '../../../abi/flags.ts';
import { open } from '../../../libc/io.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { pathError } from '../files.ts';
import { checkReference } from '../reference.ts';
import { fileBody } from '../stream/body.ts';
import { showProgress } from '../stream/progress.ts';

export default command(function* (cli, flags, [source = '', target]) {
  if (target !== undefined) checkReference(target);
  const query = {
    fromSrc: '-',
    message: flags.text('message') || undefined,
    platform: flags.text('platform') || undefined,
    changes: flags.list('change').length > 0 ? flags.list('change') : undefined,
    repo: target,
  };
  const client = yield* cli.client();
  if (/^https?:\/\//.test(source)) {
    yield* showProgress(
      cli,
      client,
      yield* client.call('POST', '/images/create', { query: { ...query, fromSrc: source } }),
      'out',
    );
    return 0;
  }
  let fd = 0;
  if (source !== '-') {
    fd = yield* open(cli.sys, source, O_RDONLY);
    if (fd < 0) throw new CliError(pathError('open', source, fd));
  }
  const response = yield* client.call('POST', '/images/create', { query, body: fileBody(cli.sys, fd) });
  yield* showProgress(cli, client, response, 'out');
  return 0;
});
