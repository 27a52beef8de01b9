import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import type { Flags } from '../flags/parse.ts';
import { mapOf } from '../key-values.ts';

export default command(function* (cli, flags, [given]) {
  if (flags.text('name') !== '' && given !== undefined) {
    throw new CliError('conflicting options: cannot specify a volume-name through both --name and as a positional arg');
  }
  const name = given ?? flags.text('name');
  const client = yield* cli.client();
  const body = {
    Name: name,
    Driver: flags.text('driver') || 'local',
    DriverOpts: mapOf(flags.list('opt')),
    Labels: mapOf(flags.list('label')),
    ...clusterSpec(flags),
  };
  const volume = yield* client.json<{ Name: string }>('POST', '/volumes/create', { json: body });
  yield* cli.out.write(`${volume.Name}\n`);
  return 0;
});

/** What a cluster's volume would be; the daemon of no swarm takes no notice of it. */
function clusterSpec(flags: Flags): object {
  const names = ['availability', 'group', 'scope', 'sharing', 'type', 'limit-bytes', 'required-bytes'];
  if (!names.some((name) => flags.changed(name))) return {};
  return {
    ClusterVolumeSpec: {
      Group: flags.text('group'),
      AccessMode: {
        Scope: flags.text('scope') || 'single',
        Sharing: flags.text('sharing') || 'none',
        ...(flags.text('type') === 'block' ? { BlockVolume: {} } : { MountVolume: {} }),
      },
      CapacityRange: { RequiredBytes: flags.number('required-bytes'), LimitBytes: flags.number('limit-bytes') },
      Availability: flags.text('availability') || 'active',
    },
  };
}
