import { segment } from '../client.ts';
import { command } from '../command.ts';
import { alignColumns } from '../format/tab-writer.ts';

export default command(function* (cli, _flags, [container = '', ...args]) {
  const client = yield* cli.client();
  const { Titles, Processes } = yield* client.json<{ Titles: string[]; Processes: string[][] | null }>(
    'GET',
    `/containers/${segment(container)}/top`,
    {
      query: { ps_args: args.length > 0 ? args.join(' ') : undefined },
    },
  );
  const rows = [Titles, ...(Processes ?? [])].map((row) => `${row.join('\t')}\n`);
  yield* cli.out.write(alignColumns(rows.join(''), 20, 3));
  return 0;
});
