import { segment } from '../client.ts';
import { command } from '../command.ts';
import { forEach } from '../each.ts';
import { CliError } from '../errors.ts';

interface WaitAnswer {
  StatusCode: number;
  Error?: { Message: string } | null;
}

export default command(function* (cli, _flags, names) {
  const client = yield* cli.client();
  yield* forEach(cli, names, function* (name) {
    const answer = yield* client.json<WaitAnswer>('POST', `/containers/${segment(name)}/wait`);
    if (answer.Error) throw new CliError(answer.Error.Message);
    return String(answer.StatusCode);
  });
  return 0;
});
