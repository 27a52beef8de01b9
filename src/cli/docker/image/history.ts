import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import { segment } from '../client.ts';
import { command } from '../command.ts';
import { formatRows } from '../format/formatter.ts';
import { HISTORY, type HistoryItem, historyFormat, historyRow } from '../format/image.ts';
import { platformsText } from '../platform.ts';

export default command(function* (cli, flags, [name = '']) {
  const platform = platformsText([flags.text('platform')], 'invalid platform: ')?.[0];
  const client = yield* cli.client();
  const items = yield* client.json<HistoryItem[]>('GET', `/images/${segment(name)}/history`, {
    query: { platform },
  });
  const human = flags.bool('human');
  const format = historyFormat(flags.text('format') || 'table', flags.bool('quiet'), human);
  const now = Math.floor(cli.sys.now(CLOCK_REALTIME) / 1000);
  const rows = items.map((item) => historyRow(item, { truncate: !flags.bool('no-trunc'), human, now }));
  yield* cli.out.write(formatRows(format, HISTORY, rows));
  return 0;
});
