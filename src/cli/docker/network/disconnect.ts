import { segment } from '../client.ts';
import { command } from '../command.ts';

export default command(function* (cli, flags, [network = '', container = '']) {
  const client = yield* cli.client();
  yield* client.done('POST', `/networks/${segment(network)}/disconnect`, {
    json: { Container: container, Force: flags.bool('force') },
  });
  return 0;
});
