import { command } from '../command.ts';
import { mapOf } from '../key-values.ts';
import { checkContextName, readContext, writeContext } from './store.ts';

export default command(function* (cli, flags, [name = '']) {
  checkContextName(name);
  const context = yield* readContext(cli, name);
  if (flags.changed('description')) context.Metadata.Description = flags.text('description');
  const endpoint = mapOf(flags.list('docker'));
  if (endpoint.host !== undefined) context.Endpoints.docker.Host = endpoint.host;
  yield* writeContext(cli, context);
  yield* cli.out.write(`${name}\n`);
  yield* cli.warn(`Successfully updated context ${JSON.stringify(name)}`);
});
