import { segment } from '../client.ts';
import { command } from '../command.ts';
import { forEach } from '../each.ts';

export default command(function* (cli, flags, names) {
  const client = yield* cli.client();
  const timeout = flags.changed('timeout')
    ? flags.number('timeout')
    : flags.changed('time')
      ? flags.number('time')
      : undefined;
  const signal = flags.text('signal') || undefined;
  yield* forEach(cli, names, function* (name) {
    yield* client.done('POST', `/containers/${segment(name)}/stop`, { query: { t: timeout, signal } });
    return name;
  });
  return 0;
});
