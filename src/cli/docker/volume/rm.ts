import { segment } from '../client.ts';
import { command } from '../command.ts';
import { forEach } from '../each.ts';

export default command(function* (cli, flags, names) {
  const client = yield* cli.client();
  yield* forEach(cli, names, function* (name) {
    yield* client.done('DELETE', `/volumes/${segment(name)}`, { query: { force: flags.bool('force') || undefined } });
    return name;
  });
  return 0;
});
