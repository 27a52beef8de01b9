import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import { filtersText } from '../client.ts';
import { command } from '../command.ts';
import { CONTAINERS, type ContainerSummary, containerFormat, containerRow } from '../format/container.ts';
import { formatRows } from '../format/formatter.ts';

export default command(function* (cli, flags) {
  const quiet = flags.bool('quiet');
  let format = flags.text('format') || (quiet ? 'table' : (cli.config.file.psFormat ?? 'table'));
  if (quiet && flags.changed('format')) {
    yield* cli.warn('WARNING: Ignoring custom format, because both --format and --quiet are set.');
    format = 'table';
  }
  // A custom format that names .Size asks the daemon for it, as --size does.
  const size = flags.bool('size') || (flags.text('format') !== '' && /\.Size\b|json \.(?!\w)/.test(format));
  let limit = flags.changed('last') ? flags.number('last') : -1;
  if (flags.bool('latest') && limit === -1) limit = 1;
  const client = yield* cli.client();
  const containers = yield* client.json<ContainerSummary[]>('GET', '/containers/json', {
    query: {
      all: flags.bool('all') || undefined,
      limit: limit > 0 ? limit : undefined,
      size: size || undefined,
      filters: filtersText(flags.list('filter')),
    },
  });
  const now = Math.floor(cli.sys.now(CLOCK_REALTIME) / 1000);
  const rows = containers.map((c) => containerRow(c, { truncate: !flags.bool('no-trunc'), now }));
  yield* cli.out.write(formatRows(containerFormat(format, quiet, flags.bool('size')), CONTAINERS, rows));
  return 0;
});
