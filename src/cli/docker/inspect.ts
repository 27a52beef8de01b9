import { segment } from './client.ts';
import { command } from './command.ts';
import { CliError, DaemonError, messageOf } from './errors.ts';
import { inspect } from './inspector.ts';

const SWARM = ['config', 'node', 'plugin', 'secret', 'service', 'task'];
const PATHS: Readonly<Record<string, (name: string) => string>> = {
  container: (name) => `/containers/${name}/json`,
  image: (name) => `/images/${name}/json`,
  network: (name) => `/networks/${name}`,
  volume: (name) => `/volumes/${name}`,
  ...Object.fromEntries(SWARM.map((type) => [type, (name: string) => `/${type}s/${name}`])),
};
/** Where a name is looked for, in this order. */
const ORDER = ['container', 'image', 'network', 'volume'];

export default command(function* (cli, flags, names) {
  const type = flags.text('type');
  if (flags.changed('type') && type === '') throw new CliError(`type is empty: must be one of ${allTypes()}`);
  if (type !== '' && !(type in PATHS))
    throw new CliError(`unknown type: ${JSON.stringify(type)}: must be one of ${allTypes()}`);
  const client = yield* cli.client();
  const query = { size: flags.bool('size') || undefined };
  yield* inspect(cli, names, flags.text('format'), function* (name) {
    const fetchAs = function* (kind: string) {
      const text = yield* client.text('GET', PATHS[kind]!(segment(name)), kind === 'container' ? { query } : {});
      return { text, kind };
    };
    if (type !== '') return yield* fetchAs(type);
    for (const kind of ORDER) {
      try {
        return yield* fetchAs(kind);
      } catch (error) {
        if (
          !(error instanceof DaemonError) ||
          (error.httpStatus !== 404 && !/invalid reference/.test(messageOf(error)))
        )
          throw error;
      }
    }
    throw new CliError(`Error: No such object: ${name}`);
  });
  return 0;
});

const allTypes = (): string =>
  Object.keys(PATHS)
    .sort()
    .map((name) => JSON.stringify(name))
    .join(', ');
