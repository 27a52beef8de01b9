import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import { filtersText } from '../client.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import type { Flags } from '../flags/parse.ts';
import { formatRows } from '../format/formatter.ts';
import { IMAGES, type ImageSummary, imageFormat, imageRows } from '../format/image.ts';
import { imageTree } from '../format/image-tree.ts';
import { DEFAULT_WIDTH } from '../help.ts';

/** @throws CliError for what cannot go with `--tree` */
function checkTree(flags: Flags): void {
  for (const [flag, shown] of [
    ['quiet', 'quiet'],
    ['no-trunc', 'no-trunc'],
    ['digests', 'show-digest'],
    ['format', 'format'],
  ] as const) {
    if (flags.changed(flag)) throw new CliError(`--${shown} is not yet supported with --tree`);
  }
}

export default command(function* (cli, flags, [reference]) {
  if (flags.bool('tree')) checkTree(flags);
  const quiet = flags.bool('quiet');
  const source = flags.text('format') || (quiet ? 'table' : (cli.config.file.imagesFormat ?? 'table'));
  const filters = [...flags.list('filter'), ...(reference === undefined ? [] : [`reference=${reference}`])];
  const client = yield* cli.client();
  const images = yield* client.json<ImageSummary[]>('GET', '/images/json', {
    query: { all: flags.bool('all') || undefined, filters: filtersText(filters) },
  });
  if (flags.bool('tree')) {
    const size = cli.sys.tiocgwinsz(1);
    const columns = typeof size === 'number' || size.cols === 0 ? DEFAULT_WIDTH : size.cols;
    yield* cli.out.write(imageTree(images, { columns, terminal: cli.sys.isatty(1) }));
    return 0;
  }
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
