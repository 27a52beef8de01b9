import { segment } from '../client.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { mapOf } from '../key-values.ts';

export default command(function* (cli, flags, [network = '', container = '']) {
  const local = flags.list('link-local-ip');
  const [ip, ip6] = [flags.text('ip'), flags.text('ip6')];
  const ipam =
    ip !== '' || ip6 !== '' || local.length > 0
      ? { IPv4Address: ip, IPv6Address: ip6, LinkLocalIPs: local.length > 0 ? local : null }
      : null;
  const aliases = flags.list('alias');
  const links = flags.list('link');
  if (container === '') throw new CliError('invalid container name or ID: value is empty');
  const client = yield* cli.client();
  yield* client.done('POST', `/networks/${segment(network)}/connect`, {
    json: {
      Container: container,
      EndpointConfig: {
        IPAMConfig: ipam,
        Links: links.length > 0 ? links : null,
        Aliases: aliases.length > 0 ? aliases : null,
        DriverOpts: mapOf(flags.list('driver-opt')),
        ...(flags.changed('gw-priority') ? { GwPriority: flags.number('gw-priority') } : {}),
      },
    },
  });
  return 0;
});
