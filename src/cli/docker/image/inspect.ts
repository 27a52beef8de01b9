import { segment } from '../client.ts';
import { command } from '../command.ts';
import { inspect } from '../inspector.ts';

export default command(function* (cli, flags, names) {
  const client = yield* cli.client();
  yield* inspect(cli, names, flags.text('format'), function* (name) {
    const text = yield* client.text('GET', `/images/${segment(name)}/json`);
    return { text, kind: 'image' };
  });
});
