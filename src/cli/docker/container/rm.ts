import { segment } from '../client.ts';
import { command } from '../command.ts';
import { DaemonError, joined, messageOf } from '../errors.ts';

export default command(function* (cli, flags, names) {
  const client = yield* cli.client();
  const force = flags.bool('force');
  const query = {
    force: force || undefined,
    link: flags.bool('link') || undefined,
    v: flags.bool('volumes') || undefined,
  };
  const errors: string[] = [];
  for (const given of names) {
    const name = given.replace(/^\/+|\/+$/g, '');
    try {
      if (name === '') {
        errors.push('container name cannot be empty');
        continue;
      }
      yield* client.done('DELETE', `/containers/${segment(name)}`, { query });
      yield* cli.out.write(`${given}\n`);
      yield* cli.out.flush();
    } catch (error) {
      if (force && error instanceof DaemonError && error.httpStatus === 404) yield* cli.warn(error.message);
      else errors.push(messageOf(error));
    }
  }
  if (errors.length > 0) throw joined(errors);
  return 0;
});
