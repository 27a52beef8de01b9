import { familiarName, InvalidReference, parseReference, type Reference } from '../../../lib/reference.ts';
import { segment } from '../client.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';

export default command(function* (cli, _flags, [source = '', target = '']) {
  const client = yield* cli.client();
  if (!/^(sha256:)?[a-f0-9]{64}$/.test(source)) parsed(source);
  const reference = parsed(target);
  if (reference.digest !== undefined) throw new CliError('refusing to create a tag with a digest reference');
  yield* client.done('POST', `/images/${segment(source)}/tag`, {
    query: { repo: familiarName(reference), tag: reference.tag ?? 'latest' },
  });
});

/** @throws CliError */
function parsed(text: string): Reference {
  try {
    return parseReference(text);
  } catch (error) {
    if (!(error instanceof InvalidReference)) throw error;
    throw new CliError(
      `Error parsing reference: ${JSON.stringify(text)} is not a valid repository/tag: ${error.message}`,
    );
  }
}
