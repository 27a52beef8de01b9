import { humanSize } from '../../../lib/units.ts';
import { checkBuilder } from '../build/builder.ts';
import { filterMap } from '../build/cache-filter.ts';
import { cacheFormat, cacheListing, cacheRecords, cacheRow, verboseText } from '../build/cache-rows.ts';
import { command } from '../command.ts';
import { formatRows, isTable } from '../format/formatter.ts';

export default command(function* (cli, flags) {
  yield* checkBuilder(cli, flags.text('builder'));
  const filters = filterMap(flags.list('filter'));
  const records = (yield* cacheRecords(cli)).filter(filters).sort((a, b) => a.Size - b.Size || (a.ID < b.ID ? -1 : 1));
  const now = cli.sys.now(0);
  if (flags.bool('verbose')) yield* cli.out.write(records.map((record) => verboseText(record, now)).join(''));
  else {
    const format = cacheFormat(flags.text('format'));
    yield* cli.out.write(
      formatRows(
        format,
        cacheListing,
        records.map((record) => cacheRow(record, now, isTable(format))),
      ),
    );
    if (!isTable(format)) return 0;
  }
  if (flags.list('filter').length > 0) return 0;
  const sum = (pick: (record: (typeof records)[number]) => boolean): number =>
    records.filter(pick).reduce((total, record) => total + record.Size, 0);
  const shared = sum((record) => record.Shared);
  if (shared > 0)
    yield* cli.out.write(
      `Shared:\t\t${humanSize(shared, 4)}\nPrivate:\t${humanSize(
        sum((r) => !r.Shared),
        4,
      )}\n`,
    );
  yield* cli.out.write(
    `Reclaimable:\t${humanSize(
      sum((record) => !record.InUse),
      4,
    )}\nTotal:\t\t${humanSize(
      sum(() => true),
      4,
    )}\n`,
  );
  return 0;
});
