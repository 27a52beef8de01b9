import type { BuildStatus } from '../../../../api/build.ts';
import { findRecord } from '../../build/history.ts';
import { progressOf } from '../../build/progress.ts';
import { command } from '../../command.ts';

export default command(function* (cli, flags, args) {
  const record = yield* findRecord(cli, args[0]);
  const client = yield* cli.client();
  const messages = yield* client.json<BuildStatus[]>('GET', `/build/history/${record.Ref}/messages`);
  const progress = progressOf(cli, flags.text('progress') || 'plain', false);
  for (const status of messages) yield* progress.show(status);
  yield* progress.end([]);
  return 0;
});
