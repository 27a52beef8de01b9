import { command } from '../command.ts';
import { endpointOf } from './endpoint.ts';
import { checkContextName, readContext, writeContext } from './store.ts';

export default command(function* (cli, flags, [name = '']) {
  checkContextName(name);
  const context = yield* readContext(cli, name);
  if (flags.changed('description')) context.Metadata.Description = flags.text('description');
  if (flags.list('docker').length > 0) context.Endpoints.docker = yield* endpointOf(cli, flags.list('docker'));
  yield* writeContext(cli, context);
  yield* cli.out.write(`${name}\n`);
  yield* cli.warn(`Successfully updated context ${JSON.stringify(name)}`);
});
