import { filtersText } from '../client.ts';
import { command } from '../command.ts';
import { formatRows } from '../format/formatter.ts';
import { naturalOrder } from '../format/natural.ts';
import { NETWORKS, type NetworkSummary, networkFormat, networkRow } from '../format/resources.ts';

export default command(function* (cli, flags) {
  const client = yield* cli.client();
  const networks = yield* client.json<NetworkSummary[]>('GET', '/networks', {
    query: { filters: filtersText(flags.list('filter')) },
  });
  const quiet = flags.bool('quiet');
  const source = flags.text('format') || (quiet ? 'table' : (cli.config.file.networksFormat ?? 'table'));
  const rows = [...networks]
    .sort((a, b) => naturalOrder(a.Name, b.Name))
    .map((n) => networkRow(n, !flags.bool('no-trunc')));
  yield* cli.out.write(formatRows(networkFormat(source, quiet), NETWORKS, rows));
  return 0;
});
