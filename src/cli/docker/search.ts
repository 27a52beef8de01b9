import { filtersText } from './client.ts';
import { command } from './command.ts';
import { formatRows } from './format/formatter.ts';
import { RESULTS, type SearchResult, searchFormat, searchRow } from './format/resources.ts';
import { registryAuth } from './registry-auth.ts';

export default command(function* (cli, flags, [term = '']) {
  const client = yield* cli.client();
  const found = yield* client.json<SearchResult[]>('GET', '/images/search', {
    query: {
      term,
      limit: flags.number('limit') > 0 ? flags.number('limit') : undefined,
      filters: filtersText(flags.list('filter')),
    },
    headers: registryAuth(cli, 'docker.io'),
  });
  const source = flags.text('format') || 'table';
  const sorted = [...found].sort((a, b) => b.star_count - a.star_count);
  const rows = sorted.map((r) => searchRow(r, !flags.bool('no-trunc'), source === 'json'));
  yield* cli.out.write(formatRows(searchFormat(source), RESULTS, rows));
});
