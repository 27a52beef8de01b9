import type { BuildRecord } from '../../../../api/build.ts';
import { agoText } from '../../build/cache-rows.ts';
import { buildRecords, durationOf } from '../../build/history.ts';
import { command } from '../../command.ts';
import { CliError } from '../../errors.ts';
import { formatRows, type Listing, rowValue } from '../../format/formatter.ts';

const LISTING: Listing = {
  headers: { Ref: 'BUILD ID', Name: 'NAME', Status: 'STATUS', CreatedAt: 'CREATED AT', Duration: 'DURATION', Link: '' },
};
const TABLE = 'table {{.Ref}}\t{{.Name}}\t{{.Status}}\t{{.CreatedAt}}\t{{.Duration}}\t{{.Link}}';
const NAME_MAX = 36;

export default command(function* (cli, flags) {
  const records = (yield* buildRecords(cli)).filter(filterOf(flags.list('filter')));
  const now = cli.sys.now(0);
  const given = flags.text('format');
  if (given === 'json') {
    for (const record of records) yield* cli.out.write(`${JSON.stringify(jsonOf(record))}\n`);
    return 0;
  }
  const full = flags.bool('no-trunc');
  const rows = records.map((record) =>
    rowValue({
      type: '*history.lsContext',
      methods: {
        Ref: () => (full ? `default/default/${record.Ref}` : record.Ref),
        Name: () => (full || record.Name.length <= NAME_MAX ? record.Name : `${record.Name.slice(0, NAME_MAX)}...`),
        Status: () => record.Status,
        CreatedAt: () => agoText(record.CreatedAt, now),
        Duration: () => durationOf(record),
        Link: () => '',
      },
    }),
  );
  yield* cli.out.write(formatRows(given === 'table' || given === '' ? TABLE : given, LISTING, rows));
  return 0;
});

const jsonOf = (record: BuildRecord): Record<string, unknown> => ({
  cached_steps: record.CachedSteps,
  completed_at: record.CompletedAt,
  completed_steps: record.CompletedSteps,
  created_at: record.CreatedAt,
  name: record.Name,
  ref: `default/default/${record.Ref}`,
  status: record.Status,
  total_steps: record.TotalSteps,
});

/** `status=error`, `ref=…`. @throws CliError */
function filterOf(words: readonly string[]): (record: BuildRecord) => boolean {
  const tests = words.map((word) => {
    const m = /^(ref|status)(!?=)(.*)$/.exec(word);
    if (!m) throw new CliError(`ERROR: unsupported filter ${JSON.stringify(word)}`);
    const value = m[3]!.toLowerCase();
    return (record: BuildRecord): boolean => {
      const own = m[1] === 'ref' ? record.Ref : record.Status.toLowerCase();
      return (own === value) === (m[2] === '=');
    };
  });
  return (record) => tests.every((test) => test(record));
}
