import { parseDuration } from '../../../lib/go-duration.ts';
import { humanSize } from '../../../lib/units.ts';
import { checkBuilder } from '../build/builder.ts';
import { isMutable } from '../build/cache-filter.ts';
import { agoText, cacheRecords, verboseText } from '../build/cache-rows.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';

export default command(function* (cli, flags) {
  yield* checkBuilder(cli, flags.text('builder'));
  const all = flags.bool('all');
  if (!flags.bool('force')) {
    const what = all ? 'all build cache' : 'all dangling build cache';
    yield* cli.out.write(`WARNING! This will remove ${what}. Are you sure you want to continue? [y/N] `);
    yield* cli.out.flush();
    if (!/^y(es)?$/i.test(((yield* cli.stdin.line()) ?? '').trim())) throw new CliError('', 0);
  }
  const known = new Map((yield* cacheRecords(cli)).map((record) => [record.ID, record]));
  const client = yield* cli.client();
  const filters: Record<string, string[]> = {};
  for (const word of flags.list('filter')) {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    const value = equals < 0 ? 'true' : word.slice(equals + 1);
    if (name === 'until' || name === 'unused-for') checkDuration(name, value);
    filters[name] = [...(filters[name] ?? []), value];
  }
  // a condition that nobody knows is met by no record
  if (Object.keys(filters).some((name) => !NAMES.has(name.replace(/[!~]$/, '')))) {
    yield* cli.out.write('Total:\t0B\n');
    return 0;
  }
  const report = yield* client.json<{ CachesDeleted: string[] | null; SpaceReclaimed: number }>(
    'POST',
    '/build/prune',
    {
      query: {
        all: all || undefined,
        filters: JSON.stringify(filters),
        'reserved-space': positive(flags.text('reserved-space')),
        'max-used-space': positive(flags.text('max-used-space')),
        'min-free-space': positive(flags.text('min-free-space')),
      },
    },
  );
  const now = cli.sys.now(0);
  let first = true;
  for (const id of report.CachesDeleted ?? []) {
    const record = known.get(id);
    if (!record) continue;
    if (flags.bool('verbose')) {
      yield* cli.out.write(verboseText(record, now));
      continue;
    }
    if (first) yield* cli.out.write('ID\t\t\t\t\t\tRECLAIMABLE\tSIZE\t\tLAST ACCESSED\n');
    const name = `${id}${isMutable(record) ? '*' : ''}`.padEnd(40);
    const size = `${humanSize(record.Size, 4)}${record.Shared ? '*' : ''}`.padEnd(10);
    yield* cli.out.write(
      `${name}\t${String(!record.InUse).padEnd(5)}\t${first ? '\t' : ''}${size}\t${agoText(record.LastUsedAt, now)}\n`,
    );
    first = false;
  }
  yield* cli.out.write(`Total:\t${humanSize(report.SpaceReclaimed, 4)}\n`);
  return 0;
});

const NAMES: ReadonlySet<string> = new Set(
  'until unused-for id parents type description inuse shared private mutable immutable'.split(' '),
);

/** @throws CliError */
function checkDuration(name: string, text: string): void {
  try {
    parseDuration(text);
  } catch (error) {
    const why = error instanceof Error ? error.message : '';
    throw new CliError(`ERROR: "${name}" filter expects a duration (e.g., '24h'): ${why}`);
  }
}

const positive = (text: string): string | undefined => (Number(text) > 0 ? text : undefined);
