import { segment } from '../client.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';

const KINDS = ['C', 'A', 'D'];

export default command(function* (cli, _flags, [container = '']) {
  if (container === '') throw new CliError('Container name cannot be empty');
  const client = yield* cli.client();
  const changes = yield* client.json<{ Kind: number; Path: string }[] | null>(
    'GET',
    `/containers/${segment(container)}/changes`,
  );
  for (const { Kind, Path } of changes ?? [])
    if (cli.out.put(`${KINDS[Kind] ?? '?'} ${Path}\n`)) yield* cli.out.flush();
  return 0;
});
