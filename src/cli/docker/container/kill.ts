import { segment } from '../client.ts';
import { command } from '../command.ts';
import { forEach } from '../each.ts';

export default command(function* (cli, flags, names) {
  const client = yield* cli.client();
  const signal = flags.text('signal') || undefined;
  yield* forEach(cli, names, function* (name) {
    yield* client.done('POST', `/containers/${segment(name)}/kill`, { query: { signal } });
    return name;
  });
  return 0;
});
