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
  if (wanted !== undefined) {
    const m = /^(\d+)(?:\/([a-z]+))?$/i.exec(wanted);
    if (!m) throw new CliError(`invalid port '${wanted}': invalid syntax`);
    const key = `${m[1]}/${(m[2] ?? 'tcp').toLowerCase()}`;
    const bound = ports[key];
    if (!bound || bound.length === 0) throw new CliError(`no public port '${key}' published for ${container}`);
    for (const { HostIp, HostPort } of bound) lines.push(address(HostIp, HostPort));
  } else
    for (const [from, bound] of Object.entries(ports))
      for (const { HostIp, HostPort } of bound ?? []) lines.push(`${from} -> ${address(HostIp, HostPort)}`);
  if (lines.length > 0) yield* cli.out.write(`${lines.sort(naturalOrder).join('\n')}\n`);
  return 0;
});
