import { command } from './command.ts';
import { CliError } from './errors.ts';
import { pathError } from './files.ts';
import { HUB, registryHost } from './registry-auth.ts';

export default command(function* (cli, _flags, [server = '']) {
  const isHub = server === '' || server === 'docker.io';
  const registry = isHub ? HUB : registryHost(server);
  yield* cli.out.write(`Removing login credentials for ${registry}\n`);
  const names = isHub ? [registry] : [registry, `http://${registry}`, `https://${registry}`];
  const erased = names.filter((name) => cli.config.eraseAuth(name)).length;
  if (erased === 0) return;
  const saved = yield* cli.config.save();
  if (saved < 0)
    throw new CliError(`WARNING: could not erase credentials:\n${pathError('open', cli.config.path, saved)}`);
});
