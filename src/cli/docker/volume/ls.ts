import { filtersText } from '../client.ts';
import { command } from '../command.ts';
import { formatRows } from '../format/formatter.ts';
import { naturalOrder } from '../format/natural.ts';
import { VOLUMES, type VolumeSummary, volumeFormat, volumeRow } from '../format/resources.ts';

export default command(function* (cli, flags) {
  const client = yield* cli.client();
  const { Volumes } = yield* client.json<{ Volumes: VolumeSummary[] | null }>('GET', '/volumes', {
    query: { filters: filtersText(flags.list('filter')) },
  });
  const quiet = flags.bool('quiet');
  const source = flags.text('format') || (quiet ? 'table' : (cli.config.file.volumesFormat ?? 'table'));
  const rows = [...(Volumes ?? [])].sort((a, b) => naturalOrder(a.Name, b.Name)).map((v) => volumeRow(v));
  yield* cli.out.write(formatRows(volumeFormat(source, quiet), VOLUMES, rows));
  return 0;
});
