import { segment } from '../client.ts';
import { command } from '../command.ts';
import { inspect } from '../inspector.ts';
import { platformsText } from '../platform.ts';

export default command(function* (cli, flags, names) {
  const platform = platformsText([flags.text('platform')])?.[0];
  const client = yield* cli.client();
  yield* inspect(cli, names, flags.text('format'), function* (name) {
    const text = yield* client.text('GET', `/images/${segment(name)}/json`, { query: { platform } });
    return { text, kind: 'image' };
  });
});
