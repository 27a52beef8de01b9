import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { endpointOf } from './endpoint.ts';
import {
  type ContextMeta,
  checkContextName,
  currentContext,
  DEFAULT_CONTEXT,
  DEFAULT_DESCRIPTION,
  listContexts,
  readContext,
  writeContext,
} from './store.ts';

export default command(function* (cli, flags, [name = '']) {
  checkContextName(name);
  if ((yield* listContexts(cli)).some((c) => c.Name === name)) {
    throw new CliError(`context ${JSON.stringify(name)} already exists`);
  }
  const from = flags.text('from');
  const given = flags.list('docker');
  let base: ContextMeta;
  if (from === '' && given.length > 0) {
    base = { Name: name, Metadata: {}, Endpoints: { docker: yield* endpointOf(cli, given) } };
  } else {
    if (given.length > 0) throw new CliError('cannot use --docker flag when --from is set');
    // Without anything, the context that is used now is copied.
    const source = from === '' ? currentContext(cli) : from;
    base = yield* readContext(cli, source);
    if (source === DEFAULT_CONTEXT) base.Metadata.Description = DEFAULT_DESCRIPTION;
  }
  const description = flags.text('description') || base.Metadata.Description;
  yield* writeContext(cli, { ...base, Name: name, Metadata: description ? { Description: description } : {} });
  yield* cli.out.write(`${name}\n`);
  yield* cli.warn(`Successfully created context ${JSON.stringify(name)}`);
});
