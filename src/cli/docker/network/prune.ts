import { filtersText } from '../client.ts';
import { command } from '../command.ts';
import { confirm } from '../confirm.ts';

export default command(function* (cli, flags) {
  if (!flags.bool('force'))
    yield* confirm(cli, 'WARNING! This will remove all custom networks not used by at least one container.');
  const client = yield* cli.client();
  const { NetworksDeleted } = yield* client.json<{ NetworksDeleted: string[] | null }>('POST', '/networks/prune', {
    query: { filters: filtersText(flags.list('filter')) },
  });
  if (NetworksDeleted && NetworksDeleted.length > 0)
    yield* cli.out.write(`Deleted Networks:\n${NetworksDeleted.join('\n')}\n\n`);
  return 0;
});
