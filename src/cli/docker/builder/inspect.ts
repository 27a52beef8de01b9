import type { BuildPolicy } from '../../../api/build.ts';
import { formatDuration, MILLISECOND } from '../../../lib/go-duration.ts';
import { bytesSize } from '../../../lib/units.ts';
import type { Wait } from '../../../libc/io.ts';
import { bootstrap } from '../build/bootstrap.ts';
import { BUILDKIT_VERSION, PLATFORMS } from '../build/instance-rows.ts';
import { currentInstance, findInstance, platformTexts } from '../build/instances.ts';
import { type Cli, command } from '../command.ts';
import { CliError } from '../errors.ts';

export default command(function* (cli, flags, args) {
  const given = args[0] ?? (flags.changed('builder') ? flags.text('builder') : '');
  const name = given === '' ? yield* currentInstance(cli) : given;
  const instance = yield* findInstance(cli, name);
  if (!instance) throw new CliError(`ERROR: no builder "${name}" found`);
  if (flags.bool('bootstrap')) yield* bootstrap(cli, instance);
  const activity = instance.LastActivity?.replace('T', ' ').replace('Z', ' +0000 UTC');
  let text = `Name:          ${instance.Name}\nDriver:        ${instance.Driver}\n`;
  if (activity !== undefined) text += `Last Activity: ${activity}\n`;
  text += '\nNodes:\n';
  for (const node of instance.Nodes) {
    const rows: [string, string][] = [
      ['Name', node.Name],
      ['Endpoint', node.Endpoint],
    ];
    if (node.DriverOpts)
      rows.push([
        'Driver Options',
        Object.entries(node.DriverOpts)
          .map(([key, value]) => `${key}="${value}"`)
          .join(' '),
      ]);
    if (instance.Driver === 'docker')
      rows.push(['Status', 'running'], ['BuildKit version', BUILDKIT_VERSION], ['Platforms', PLATFORMS.join(', ')]);
    else rows.push(['Status', 'inactive']);
    if (node.Flags) rows.push(['BuildKit daemon flags', node.Flags.join(' ')]);
    if (node.Platforms) rows.push(['Platforms', platformTexts(node).join(', ')]);
    const width = Math.max(...rows.map(([title]) => title.length)) + 1;
    text += rows.map(([title, value]) => `${`${title}:`.padEnd(width)} ${value}\n`).join('');
    if (instance.Driver === 'docker')
      text += `Labels:\n org.mobyproject.buildkit.worker.moby.host-gateway-ip: 172.17.0.1\n${yield* policiesText(cli)}`;
  }
  yield* cli.out.write(text);
  return 0;
});

/** The rules of the engine's build cache. */
function* policiesText(cli: Cli): Wait<string> {
  const client = yield* cli.client();
  const policies = yield* client.json<BuildPolicy[]>('GET', '/build/policies');
  return policies.map((policy, i) => `GC Policy rule#${i}:\n${rowsOf(policy).join('')}`).join('');
}

function rowsOf({ all, filters, keepDuration, reservedSpace, maxUsedSpace, minFreeSpace }: BuildPolicy): string[] {
  const row = (title: string, text: string): string => ` ${`${title}:`.padEnd(15)} ${text}\n`;
  const rows = [row('All', String(all))];
  if (filters.length > 0) rows.push(row('Filters', filters.join(' ')));
  if (keepDuration > 0) rows.push(row('Keep Duration', formatDuration(keepDuration * MILLISECOND)));
  if (reservedSpace > 0) rows.push(row('Reserved Space', bytesSize(reservedSpace)));
  if (maxUsedSpace > 0) rows.push(row('Max Used Space', bytesSize(maxUsedSpace)));
  if (minFreeSpace > 0) rows.push(row('Min Free Space', bytesSize(minFreeSpace)));
  return rows;
}
