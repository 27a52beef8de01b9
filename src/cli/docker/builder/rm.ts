import { allInstances, currentInstance, findInstance, removeInstance, useInstance } from '../build/instances.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';

export default command(function* (cli, flags, args) {
  let names = args;
  if (flags.bool('all-inactive')) {
    if (args.length > 0) throw new CliError('ERROR: cannot specify builder name when --all-inactive is set');
    names = (yield* allInstances(cli))
      .filter((instance) => instance.Driver !== 'docker')
      .map((instance) => instance.Name);
    if (!flags.bool('force') && names.length > 0) {
      yield* cli.out.write(
        'WARNING! This will remove all builders that are not in running state. Are you sure you want to continue? [y/N] ',
      );
      yield* cli.out.flush();
      if (!/^y(es)?$/i.test(((yield* cli.stdin.line()) ?? '').trim())) throw new CliError('', 0);
    }
  } else if (args.length === 0) names = [yield* currentInstance(cli)];
  let failed = false;
  for (const name of names) {
    const instance = yield* findInstance(cli, name);
    if (!instance || instance.Driver === 'docker') {
      const why = instance
        ? `context builder cannot be removed, run \`docker context rm ${name}\` to remove this context`
        : `no builder "${name}" found`;
      yield* cli.warn(`failed to remove ${args.length === 0 ? '' : name}: ${why}`);
      failed = true;
      continue;
    }
    removeInstance(cli, name);
    if ((yield* currentInstance(cli)) === name) yield* useInstance(cli, 'default');
    yield* cli.warn(`${name} removed`);
  }
  if (failed) throw new CliError('ERROR: failed to remove one or more builders');
  return 0;
});
