import { parseOptions } from '../build/driver-options.ts';
import { checkInstanceName, findInstance, saveInstance, useInstance } from '../build/instances.ts';
import { randomName } from '../build/ref.ts';
import { command } from '../command.ts';
import { defaultHost } from '../context/store.ts';
import { CliError } from '../errors.ts';

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
  if (flags.bool('bootstrap')) throw new CliError('ERROR: --bootstrap: not there yet');
  for (const flag of ['buildkitd-config', 'platform'])
    if (flags.changed(flag)) throw new CliError(`ERROR: --${flag}: not there yet`);
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
      Platforms: null,
      DriverOpts: parseOptions(flags.list('driver-opt')),
      Flags: extra === '' ? ['--allow-insecure-entitlement=network.host'] : extra.split(/\s+/),
      Files: null,
    });
  }
  yield* saveInstance(cli, instance);
  if (flags.bool('use')) yield* useInstance(cli, name);
  yield* cli.out.write(`${name}\n`);
  return 0;
});
