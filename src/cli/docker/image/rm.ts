import { segment } from '../client.ts';
import { command } from '../command.ts';
import { DaemonError, joined, messageOf } from '../errors.ts';
import { platformsText } from '../platform.ts';

export default command(function* (cli, flags, names) {
  const platforms = platformsText(flags.list('platform'));
  const client = yield* cli.client();
  const force = flags.bool('force');
  const query = { force: force || undefined, noprune: flags.bool('no-prune') || undefined, platforms };
  const errors: string[] = [];
  let fatal = false;
  for (const name of names) {
    try {
      const items = yield* client.json<{ Untagged?: string; Deleted?: string }[]>(
        'DELETE',
        `/images/${segment(name)}`,
        { query },
      );
      for (const item of items)
        yield* cli.out.write(
          item.Deleted !== undefined ? `Deleted: ${item.Deleted}\n` : `Untagged: ${item.Untagged}\n`,
        );
    } catch (error) {
      if (!(error instanceof DaemonError && error.httpStatus === 404)) fatal = true;
      errors.push(messageOf(error));
    }
  }
  if (errors.length === 0) return 0;
  const error = joined(errors);
  if (!force || fatal) throw error;
  yield* cli.warn(error.message);
  return 0;
});
