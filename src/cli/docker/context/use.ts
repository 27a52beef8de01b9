import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { pathError } from '../files.ts';
import { DEFAULT_CONTEXT, readContext } from './store.ts';

export default command(function* (cli, _flags, args) {
  if (args.length !== 1) throw new CliError(`accepts 1 arg(s), received ${args.length}`);
  const [name = ''] = args;
  if (name === '') throw new CliError('context name cannot be empty');
  if (name !== DEFAULT_CONTEXT) yield* readContext(cli, name);
  const { file } = cli.config;
  if (name === DEFAULT_CONTEXT) delete file.currentContext;
  else file.currentContext = name;
  const saved = yield* cli.config.save();
  if (saved < 0) throw new CliError(pathError('open', cli.config.path, saved));
  yield* cli.out.write(`${name}\n`);
  yield* cli.warn(`Current context is now ${JSON.stringify(name)}`);
  if (name !== DEFAULT_CONTEXT && cli.env.get('DOCKER_HOST')) {
    yield* cli.warn(
      `Warning: DOCKER_HOST environment variable overrides the active context. To use ${JSON.stringify(name)}, either set the global --context flag, or unset DOCKER_HOST environment variable.`,
    );
  }
});
