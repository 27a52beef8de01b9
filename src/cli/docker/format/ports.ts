/** container.Port of the API. */
export interface PortSummary {
  IP?: string;
  PrivatePort: number;
  PublicPort?: number;
  Type: string;
}

interface Range {
  from: number;
  to: number;
}

/** The ports of a container as `ps` shows them: `0.0.0.0:8080->80/tcp, 443-444/tcp`. */
export function portsText(ports: readonly PortSummary[]): string {
  const ranges = new Map<string, Range>();
  const shown: string[] = [];
  const order: string[] = [];
  for (const port of [...ports].sort(comparePorts)) {
    const current = port.PrivatePort;
    let key = port.Type;
    if (port.IP) {
      if (port.PublicPort !== current) {
        shown.push(`${joinHost(port.IP, port.PublicPort ?? 0)}->${port.PrivatePort}/${port.Type}`);
        continue;
      }
      key = `${port.IP}/${port.Type}`;
    }
    const group = ranges.get(key);
    if (!group) {
      ranges.set(key, { from: current, to: current });
      order.push(key);
    } else if (current === group.to + 1) group.to = current;
    else {
      shown.push(rangeText(key, group));
      ranges.set(key, { from: current, to: current });
    }
  }
  const rest = order.map((key) => rangeText(key, ranges.get(key)!));
  return [...rest, ...shown].join(', ');
}

function joinHost(ip: string, port: number | string): string {
  return ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`;
}

function rangeText(key: string, { from, to }: Range): string {
  const slash = key.indexOf('/');
  const ip = slash < 0 ? '' : key.slice(0, slash);
  const type = slash < 0 ? key : key.slice(slash + 1);
  const span = from === to ? String(from) : `${from}-${to}`;
  if (ip === '') return `${span}/${type}`;
  return `${joinHost(ip, span)}->${span}/${type}`;
}

function comparePorts(a: PortSummary, b: PortSummary): number {
  if (a.PrivatePort !== b.PrivatePort) return a.PrivatePort - b.PrivatePort;
  if ((a.IP ?? '') !== (b.IP ?? '')) return (a.IP ?? '') < (b.IP ?? '') ? -1 : 1;
  if ((a.PublicPort ?? 0) !== (b.PublicPort ?? 0)) return (a.PublicPort ?? 0) - (b.PublicPort ?? 0);
  return a.Type < b.Type ? -1 : a.Type > b.Type ? 1 : 0;
}
