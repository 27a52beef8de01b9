import { familiarName, InvalidReference, parseReference, tagNameOnly } from '../../../lib/reference.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';

export default command(function* (cli, flags, [container = '', reference = '']) {
  if (container === '') throw new CliError('invalid container name or ID: value is empty');
  const client = yield* cli.client();
  const { Id } = yield* client.json<{ Id: string }>('POST', '/commit', {
    query: { container, ...nameOf(reference), ...asked() },
  });
  yield* cli.out.write(`${Id}\n`);
  return 0;

  function asked(): Record<string, string | string[] | boolean | undefined> {
    return {
      author: flags.text('author') || undefined,
      comment: flags.text('message') || undefined,
      changes: flags.list('change').length > 0 ? flags.list('change') : undefined,
      pause: flags.bool('pause') ? undefined : false,
    };
  }
});

/** `repo` and `tag` of the name that the new image gets. @throws CliError */
function nameOf(reference: string): { repo?: string; tag?: string } {
  if (reference === '') return {};
  try {
    const parsed = parseReference(reference);
    if (parsed.digest !== undefined)
      throw new CliError('cannot commit with digest references: must be a name, optionally with a tag');
    return { repo: familiarName(parsed), tag: tagNameOnly(parsed).tag ?? '' };
  } catch (error) {
    if (error instanceof InvalidReference) throw new CliError(error.message);
    throw error;
  }
}
