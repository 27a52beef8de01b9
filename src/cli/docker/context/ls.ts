import { command } from '../command.ts';
import { messageOf } from '../errors.ts';
import { ellipsis } from '../format/display.ts';
import { formatRows, type Listing, rowValue } from '../format/formatter.ts';
import { naturalOrder } from '../format/natural.ts';
import {
  type ContextMeta,
  currentContext,
  DEFAULT_CONTEXT,
  DEFAULT_DESCRIPTION,
  listContexts,
  readContext,
} from './store.ts';

const LISTING: Listing = {
  headers: {
    Name: 'NAME',
    Description: 'DESCRIPTION',
    DockerEndpoint: 'DOCKER ENDPOINT',
    Error: 'ERROR',
  },
};
const TABLE = 'table {{.Name}}{{if .Current}} *{{end}}\t{{.Description}}\t{{.DockerEndpoint}}\t{{.Error}}';

export default command(function* (cli, flags) {
  const current = currentContext(cli);
  const all: ContextMeta[] = [yield* readContext(cli, DEFAULT_CONTEXT), ...(yield* listContexts(cli))];
  all[0]!.Metadata.Description = DEFAULT_DESCRIPTION;
  const errors = new Map<string, string>();
  if (!all.some((c) => c.Name === current)) {
    // The one that is chosen may not be there.
    try {
      yield* readContext(cli, current);
    } catch (error) {
      errors.set(current, messageOf(error));
      all.push({ Name: current, Metadata: {}, Endpoints: { docker: { SkipTLSVerify: false } } });
    }
  }
  all.sort((a, b) => naturalOrder(a.Name, b.Name));
  let format = flags.text('format') || 'table';
  if (format === 'table') format = flags.bool('quiet') ? '{{.Name}}' : TABLE;
  const rows = all.map((c) =>
    rowValue({
      type: '*formatter.clientContextContext',
      methods: {
        Current: () => c.Name === current,
        Description: () => ellipsis(c.Metadata.Description ?? '', 60),
        DockerEndpoint: () => c.Endpoints.docker.Host ?? '',
        Error: () => ellipsis((errors.get(c.Name) ?? '').replaceAll('\n', ' '), 45),
        Name: () => c.Name,
      },
    }),
  );
  yield* cli.out.write(formatRows(format, LISTING, rows));
  if (cli.env.get('DOCKER_HOST') && !flags.bool('quiet')) {
    yield* cli.warn(
      `Warning: DOCKER_HOST environment variable overrides the active context. To use a context, either set the global --context flag, or unset DOCKER_HOST environment variable.`,
    );
  }
});
