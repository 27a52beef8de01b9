import { segment } from '../client.ts';
import { command } from '../command.ts';
import { inspect } from '../inspector.ts';

export default command(function* (cli, flags, names) {
  const client = yield* cli.client();
  const query = { size: flags.bool('size') || undefined };
  yield* inspect(cli, names, flags.text('format'), function* (name) {
    const text = yield* client.text('GET', `/containers/${segment(name)}/json`, { query });
    return { text, kind: 'container' };
  });
});
