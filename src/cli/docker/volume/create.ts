import { command } from '../command.ts';
import { mapOf } from '../key-values.ts';

export default command(function* (cli, flags, [name = '']) {
  const client = yield* cli.client();
  const body = {
    Name: name,
    Driver: flags.text('driver') || 'local',
    DriverOpts: mapOf(flags.list('opt')),
    Labels: mapOf(flags.list('label')),
  };
  const volume = yield* client.json<{ Name: string }>('POST', '/volumes/create', { json: body });
  yield* cli.out.write(`${volume.Name}\n`);
  return 0;
});
