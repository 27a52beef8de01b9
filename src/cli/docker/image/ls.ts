import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import { filtersText } from '../client.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { formatRows } from '../format/formatter.ts';
import { IMAGES, type ImageSummary, imageFormat, imageRows } from '../format/image.ts';

export default command(function* (cli, flags, [reference]) {
  if (flags.bool('tree')) throw new CliError('docker images --tree: not there yet');
  const quiet = flags.bool('quiet');
  const source = flags.text('format') || (quiet ? 'table' : (cli.config.file.imagesFormat ?? 'table'));
  const filters = [...flags.list('filter'), ...(reference === undefined ? [] : [`reference=${reference}`])];
  const client = yield* cli.client();
  const images = yield* client.json<ImageSummary[]>('GET', '/images/json', {
    query: { all: flags.bool('all') || undefined, filters: filtersText(filters) },
  });
  const digests = flags.bool('digests');
  const format = imageFormat(source, quiet, digests);
  const rows = imageRows(images, format, {
    truncate: !flags.bool('no-trunc'),
    digests,
    now: Math.floor(cli.sys.now(CLOCK_REALTIME) / 1000),
  });
  yield* cli.out.write(formatRows(format, IMAGES, rows));
  return 0;
});
