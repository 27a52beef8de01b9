import { CLOCK_REALTIME } from '../../../abi/flags.ts';
import { GoTemplate, TemplateError } from '../../../lib/go-template.ts';
import { filtersText } from '../client.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { CONTAINERS, type ContainerSummary, containerFormat, containerRow } from '../format/container.ts';
import { executeTemplate, formatRows, sourceOf } from '../format/formatter.ts';

export default command(function* (cli, flags) {
  const quiet = flags.bool('quiet');
  let format = flags.text('format') || (quiet ? 'table' : (cli.config.file.psFormat ?? 'table'));
  if (quiet && flags.changed('format')) {
    yield* cli.warn('WARNING: Ignoring custom format, because both --format and --quiet are set.');
    if (format !== 'raw') format = 'table';
  }
  if (flags.text('format') !== '' || !quiet) checkFormat(format);
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

/** A container to try formats with. */
const NOBODY: ContainerSummary = {
  Id: '',
  Names: [],
  Image: '',
  ImageID: '',
  Command: '',
  Created: 0,
  Ports: [],
  Labels: {},
  State: 'running',
  Status: '',
  NetworkSettings: { Networks: {} },
  Mounts: [],
};

/** Tries a template before the daemon is asked. @throws CliError */
function checkFormat(format: string): void {
  if (format === 'table' || format === 'raw' || format === 'json' || format === 'pretty') return;
  let template: GoTemplate;
  try {
    template = new GoTemplate(sourceOf(format));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new CliError(`failed to parse template: ${error.message}`);
  }
  const { error } = executeTemplate(template, containerRow(NOBODY, { truncate: true, now: 0 }));
  if (error !== undefined) throw new CliError(`failed to execute template: ${error}`);
}
