import { InvalidReference, parseReference } from '../../../lib/reference.ts';
import { segment } from '../client.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';

export default command(function* (cli, _flags, [source = '', target = '']) {
  const client = yield* cli.client();
  try {
    const reference = parseReference(target);
    if (reference.digest !== undefined) throw new CliError('refusing to create a tag with a digest reference');
    const repo = target.replace(/:[^/:]*$/, '');
    yield* client.done('POST', `/images/${segment(source)}/tag`, { query: { repo, tag: reference.tag ?? 'latest' } });
  } catch (error) {
    if (error instanceof InvalidReference)
      throw new CliError(
        `Error parsing reference: ${JSON.stringify(target)} is not a valid repository/tag: ${error.message}`,
      );
    throw error;
  }
  return 0;
});
