import type { BuildRecord } from '../../../../api/build.ts';
import { durationOf, findRecord } from '../../build/history.ts';
import { command } from '../../command.ts';
import { CliError } from '../../errors.ts';

export default command(function* (cli, flags, args) {
  const record = yield* findRecord(cli, args[0]);
  const format = flags.text('format');
  if (format === 'json') yield* cli.out.write(`${JSON.stringify(jsonOf(record), null, 2)}\n`);
  else if (format === 'pretty' || format === '') yield* cli.out.write(pretty(record));
  else throw new CliError(`ERROR: --format ${format}: not there yet`);
  return 0;
});

const time = (rfc3339: string): string => rfc3339.slice(0, 19).replace('T', ' ');

function pretty(record: BuildRecord): string {
  let text = `Name:\t\t${record.Name}\nRef:\t\t${record.Ref}\nContext:\t${record.Context}\nDockerfile:\t${record.Dockerfile}\n`;
  if (record.Target !== '') text += `Target:\t\t${record.Target}\n`;
  text += `\nStarted:\t${time(record.CreatedAt)}\nDuration:\t${durationOf(record)}\n`;
  if (record.Status === 'Error') text += `Error:\t\t${record.Error ?? ''}\n`;
  else if (record.Status === 'Canceled') text += 'Status:\t\tCanceled\n';
  const { TotalSteps: total, CachedSteps: cached, CompletedSteps: completed } = record;
  const percent = total > 0 ? Math.round((cached / total) * 100) : 0;
  text += `Build Steps:\t${completed}/${total}${cached > 0 ? ` (${percent}% cached)` : ''}\n`;
  text += '\nImage Resolve Mode:\tlocal\n';
  const args = Object.entries(record.BuildArgs);
  if (args.length > 0) text += `\nBUILD ARG\tVALUE\n${args.map(([name, value]) => `${name}\t${value}\n`).join('')}`;
  if (record.Materials.length > 0) {
    const width = Math.max(...record.Materials.map(({ URI }) => (Math.floor(URI.length / 8) + 1) * 8));
    const tabs = (cell: string): string => cell + '\t'.repeat(Math.ceil((width - cell.length) / 8));
    text += `\nMaterials:\n${tabs('URI')}DIGEST\n`;
    for (const { URI, Digest } of record.Materials) text += `${tabs(URI)}${Digest}\n`;
  }
  return `${text}\nPrint build logs: docker buildx history logs ${record.Ref}\n`;
}

const jsonOf = (record: BuildRecord): Record<string, unknown> => ({
  Name: record.Name,
  Ref: record.Ref,
  Context: record.Context,
  Dockerfile: record.Dockerfile,
  ...(record.Target === '' ? {} : { Target: record.Target }),
  StartedAt: record.CreatedAt,
  CompletedAt: record.CompletedAt,
  Duration: (Date.parse(record.CompletedAt) - Date.parse(record.CreatedAt)) * 1e6,
  Status: record.Status.toLowerCase(),
  ...(record.Error === undefined ? {} : { Error: { Message: record.Error } }),
  NumCompletedSteps: record.CompletedSteps,
  NumTotalSteps: record.TotalSteps,
  NumCachedSteps: record.CachedSteps,
  Materials: record.Materials.map(({ URI, Digest }) => ({ URI, Digests: Digest === '' ? [] : [Digest] })),
});
