import { segment } from '../client.ts';
import { command } from '../command.ts';
import { forEach } from '../each.ts';

export default command(function* (cli, _flags, names) {
  const client = yield* cli.client();
  yield* forEach(cli, names, function* (name) {
    yield* client.done('POST', `/containers/${segment(name)}/unpause`);
    return name;
  });
  return 0;
});
