import { segment } from '../client.ts';
import { command } from '../command.ts';
import { CliError } from '../errors.ts';
import { naturalOrder } from '../format/natural.ts';

interface Inspected {
  NetworkSettings: { Ports?: Record<string, { HostIp: string; HostPort: string }[] | null> | null };
}

const address = (ip: string, port: string): string => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`);

export default command(function* (cli, _flags, [container = '', wanted]) {
  const client = yield* cli.client();
  const { NetworkSettings } = yield* client.json<Inspected>('GET', `/containers/${segment(container)}/json`);
  const ports = NetworkSettings.Ports ?? {};
  const lines: string[] = [];
  if (wanted !== undefined && wanted !== '') {
    const [port = '', protocol = ''] = wanted.split('/');
    checkPort(port);
    const bound = ports[`${port}/${protocol || 'tcp'}`];
    if (!bound || bound.length === 0) {
      throw new CliError(`Error: No public port '${wanted}' published for ${container}`);
    }
    for (const { HostIp, HostPort } of bound) lines.push(address(HostIp, HostPort));
  } else
    for (const [from, bound] of Object.entries(ports))
      for (const { HostIp, HostPort } of bound ?? []) lines.push(`${from} -> ${address(HostIp, HostPort)}`);
  if (lines.length > 0) yield* cli.out.write(`${lines.sort(naturalOrder).join('\n')}\n`);
  return 0;
});

/** @throws CliError with strconv's words */
function checkPort(port: string): void {
  const number = /^\d+$/.test(port);
  if (number && Number(port) <= 65535) return;
  const why = number ? 'value out of range' : 'invalid syntax';
  throw new CliError(`Error: invalid port (${port}): strconv.ParseUint: parsing ${JSON.stringify(port)}: ${why}`);
}
