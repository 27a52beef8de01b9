import { parsePlatform } from '../../../lib/platform.ts';
import { bootstrap } from '../build/bootstrap.ts';
import { parseOptions } from '../build/driver-options.ts';
import { type BuilderNode, checkInstanceName, findInstance, saveInstance, useInstance } from '../build/instances.ts';
import { randomName } from '../build/ref.ts';
import { command } from '../command.ts';
import { defaultHost } from '../context/store.ts';
import { CliError } from '../errors.ts';

const NETWORK_FLAG = '--allow-insecure-entitlement=network.host';
const DRIVERS = new Set(['docker', 'docker-container', 'kubernetes', 'remote']);

export default command(function* (cli, flags, args) {
  if (args.length > 1)
    throw new CliError(
      "ERROR: docker: 'docker buildx create' requires at most 1 argument\n\nUsage:  docker buildx create [OPTIONS] [CONTEXT|ENDPOINT]\n\nRun 'docker buildx create --help' for more information",
    );
  const driver = flags.text('driver') || 'docker-container';
  if (!DRIVERS.has(driver)) throw new CliError(`ERROR: failed to find driver "${driver}"`);
  if (driver === 'docker') throw new CliError('ERROR: additional instances of driver "docker" cannot be created');
  const given = flags.text('name');
  if (given === 'default')
    throw new CliError('ERROR: default is a reserved name and cannot be used to identify builder instance');
  if (given !== '') checkInstanceName(given);
  if (flags.bool('append') && given === '') throw new CliError('ERROR: failed to append: no builder name given');
  const name = given === '' ? `builder_${randomName(cli.sys).slice(0, 8)}` : given;
  const known = yield* findInstance(cli, name);
  if (flags.bool('append') && !known) throw new CliError(`ERROR: failed to find instance "${name}" for append`);
  if (flags.changed('buildkitd-config')) throw new CliError('ERROR: --buildkitd-config: not simulated');
  const instance = known ?? { Name: name, Driver: driver, Nodes: [], Dynamic: false };
  if (known && !flags.bool('append') && !flags.bool('leave')) {
    if (!flags.changed('name')) throw new CliError(`ERROR: existing instance for "${name}"`);
    if (known.Driver !== driver)
      throw new CliError(
        `ERROR: existing instance for "${name}" but no append mode, specify the node name to make changes for existing instances`,
      );
    throw new CliError(
      `ERROR: existing instance for "${name}" but no append mode, specify the node name to make changes for existing instances`,
    );
  }
  const node = flags.text('node') || `${name}${instance.Nodes.length}`;
  if (flags.bool('leave')) instance.Nodes = instance.Nodes.filter((n) => n.Name !== node);
  else {
    const extra = flags.text('buildkitd-flags');
    instance.Nodes.push({
      Name: node,
      Endpoint: args[0] ?? defaultHost(cli),
      Platforms: platformsOf(flags.list('platform')),
      DriverOpts: parseOptions(flags.list('driver-opt')),
      Flags: driver === 'docker-container' ? [...extra.split(/\s+/).filter((word) => word !== ''), NETWORK_FLAG] : null,
      Files: null,
    });
  }
  yield* saveInstance(cli, instance);
  if (flags.bool('use')) yield* useInstance(cli, name);
  if (flags.bool('bootstrap')) yield* bootstrap(cli, instance);
  yield* cli.out.write(`${name}\n`);
  return 0;
});

/** @throws CliError */
function platformsOf(words: readonly string[]): BuilderNode['Platforms'] {
  if (words.length === 0) return null;
  try {
    return words.flatMap((word) => word.split(',')).map((word) => parsePlatform(word.trim()));
  } catch (error) {
    throw new CliError(`ERROR: ${error instanceof Error ? error.message : ''}`);
  }
}
