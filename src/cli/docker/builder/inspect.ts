import { bootstrap } from '../build/bootstrap.ts';
import { BUILDKIT_VERSION, PLATFORMS } from '../build/instance-rows.ts';
import { currentInstance, findInstance, platformTexts } from '../build/instances.ts';
import { command } from '../command.ts';
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
      text += 'Labels:\n org.mobyproject.buildkit.worker.moby.host-gateway-ip: 172.17.0.1\n';
  }
  yield* cli.out.write(text);
  return 0;
});
