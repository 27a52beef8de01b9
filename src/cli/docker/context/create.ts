import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { mapOf } from '../key-values.ts';
import { checkContextName, listContexts, readContext, writeContext } from './store.ts';

/** Keys of `--docker`. */
const KEYS = ['from', 'host', 'ca', 'cert', 'key', 'skip-tls-verify'];

export default command(function* (cli, flags, [name = '']) {
  checkContextName(name);
  if ((yield* listContexts(cli)).some((c) => c.Name === name)) {
    throw new CliError(`context ${JSON.stringify(name)} already exists`);
  }
  const from = flags.text('from');
  const endpoint = mapOf(flags.list('docker'));
  if (from === '' && flags.list('docker').length === 0) throw new CliError('docker endpoint configuration is required');
  for (const key of Object.keys(endpoint)) {
    if (!KEYS.includes(key)) {
      throw new CliError(`unable to create docker endpoint config: unrecognized config key: ${key}`);
    }
  }
  const base = from === '' ? undefined : yield* readContext(cli, from);
  const source = endpoint.from === undefined ? undefined : yield* readContext(cli, endpoint.from);
  const host = endpoint.host ?? source?.Endpoints.docker.Host ?? base?.Endpoints.docker.Host ?? '';
  const description = flags.text('description') || base?.Metadata.Description;
  yield* writeContext(cli, {
    Name: name,
    Metadata: description ? { Description: description } : {},
    Endpoints: { docker: { Host: host, SkipTLSVerify: endpoint['skip-tls-verify'] === 'true' } },
  });
  yield* cli.out.write(`${name}\n`);
  yield* cli.warn(`Successfully created context ${JSON.stringify(name)}`);
});
