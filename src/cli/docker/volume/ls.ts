import { filtersText } from '../client.ts';
import { command } from '../command.ts';
import { formatRows } from '../format/formatter.ts';
import { naturalOrder } from '../format/natural.ts';
import { VOLUMES, type VolumeSummary, volumeFormat, volumeRow } from '../format/resources.ts';

const CLUSTER = 'table {{.Name}}\t{{.Group}}\t{{.Driver}}\t{{.Availability}}\t{{.Status}}';

export default command(function* (cli, flags) {
  const client = yield* cli.client();
  const { Volumes } = yield* client.json<{ Volumes: VolumeSummary[] | null }>('GET', '/volumes', {
    query: { filters: filtersText(flags.list('filter')) },
  });
  const quiet = flags.bool('quiet');
  const source = flags.text('format') || (quiet ? 'table' : (cli.config.file.volumesFormat ?? 'table'));
  const rows = [...(Volumes ?? [])].sort((a, b) => naturalOrder(a.Name, b.Name)).map((v) => volumeRow(v));
  const format = flags.bool('cluster') ? CLUSTER : volumeFormat(source, quiet);
  // No volume of this engine is a cluster's.
  yield* cli.out.write(formatRows(format, VOLUMES, flags.bool('cluster') ? [] : rows));
  return 0;
});
