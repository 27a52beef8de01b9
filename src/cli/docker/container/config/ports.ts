import { canonicalIp } from '../../../../lib/ip.ts';
import { CliError } from '../../errors.ts';
import type { PortBinding } from './spec.ts';

interface Range {
  from: number;
  to: number;
}

export interface Published {
  ports: Record<string, object>;
  bindings: Record<string, PortBinding[]>;
}

/** `-p` in its many forms. @throws CliError with the words of go-connections/nat */
export function publishedOf(list: readonly string[]): Published {
  const published: Published = { ports: {}, bindings: {} };
  for (const spec of list) {
    if (spec.includes('=')) longForm(spec, published);
    else shortForm(spec, published);
  }
  return published;
}

function longForm(spec: string, published: Published): void {
  const fields: Record<string, string> = { protocol: 'tcp' };
  for (const field of spec.split(',')) {
    const equals = field.indexOf('=');
    if (equals <= 0) {
      throw new CliError(`invalid publish opts format (should be name=value but got '${field}')`);
    }
    fields[field.slice(0, equals)] = field.slice(equals + 1);
  }
  shortForm(`${fields.published ?? ''}:${fields.target ?? ''}/${fields.protocol}`, published);
}

function shortForm(spec: string, { ports, bindings }: Published): void {
  const [address, hostPort, rawPort] = splitParts(spec);
  const slash = rawPort.indexOf('/');
  const container = slash < 0 ? rawPort : rawPort.slice(0, slash);
  const protocol = slash < 0 ? 'tcp' : rawPort.split('/')[1] || 'tcp';
  const ip = address.startsWith('[') ? address.replace(/^\[|\]$/g, '') : address;
  if (ip !== '' && canonicalIp(ip) === undefined) throw new CliError(`invalid IP address: ${ip}`);
  if (container === '') throw new CliError(`no port specified: ${spec}<empty>`);
  const inside = range(container, `invalid containerPort: ${container}`);
  const outside = hostPort === '' ? undefined : range(hostPort, `invalid hostPort: ${hostPort}`);
  const count = inside.to - inside.from;
  if (outside && outside.to - outside.from !== count && count !== 0) {
    throw new CliError(`invalid ranges specified for container and host Ports: ${container} and ${hostPort}`);
  }
  if (!['tcp', 'udp', 'sctp'].includes(protocol.toLowerCase())) throw new CliError(`invalid proto: ${protocol}`);
  for (let i = 0; i <= count; i++) {
    const key = `${inside.from + i}/${protocol.toLowerCase()}`;
    let host = outside ? String(outside.from + i) : '';
    // One port of the container on any of several of the host.
    if (outside && count === 0 && outside.from !== outside.to) host = `${outside.from}-${outside.to}`;
    ports[key] = {};
    (bindings[key] ??= []).push({ HostIp: ip, HostPort: host });
  }
}

/** Address, host port and container port of `ip:host:container`. */
function splitParts(spec: string): [string, string, string] {
  const parts = spec.split(':');
  const container = parts.pop()!;
  if (parts.length === 0) return ['', '', container];
  if (parts.length === 1) return ['', parts[0]!, container];
  const host = parts.pop()!;
  return [parts.join(':'), host, container];
}

function range(text: string, wrong: string): Range {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (!match) throw new CliError(wrong);
  const from = Number(match[1]);
  const to = match[2] === undefined ? from : Number(match[2]);
  if (from > 65535 || to > 65535 || to < from) throw new CliError(wrong);
  return { from, to };
}

/** Adds the ports of `--expose`. @throws CliError */
export function exposedOf(list: readonly string[], ports: Record<string, object>): void {
  for (const spec of list) {
    if (spec.includes(':')) throw new CliError(`invalid port format for --expose: ${spec}`);
    const slash = spec.indexOf('/');
    const text = slash < 0 ? spec : spec.slice(0, slash);
    const protocol = slash < 0 ? 'tcp' : spec.slice(slash + 1);
    const dash = text.indexOf('-');
    const from = exposedPort(spec, dash < 0 ? text : text.slice(0, dash));
    const to = dash < 0 ? from : exposedPort(spec, text.slice(dash + 1));
    if (to < from)
      throw new CliError(
        `invalid range format for --expose: ${spec}, error: invalid range specified for port: ${text}`,
      );
    for (let port = from; port <= to; port++) ports[`${port}/${protocol}`] = {};
  }
}

function exposedPort(spec: string, text: string): number {
  if (text === '')
    throw new CliError(`invalid range format for --expose: ${spec}, error: empty string specified for ports`);
  if (!/^\d+$/.test(text)) {
    throw new CliError(
      `invalid range format for --expose: ${spec}, error: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  if (Number(text) > 65535) {
    throw new CliError(
      `invalid range format for --expose: ${spec}, error: strconv.ParseUint: parsing ${JSON.stringify(text)}: value out of range`,
    );
  }
  return Number(text);
}
