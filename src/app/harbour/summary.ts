import type { Messages, SummaryRow } from '../../ui/index.ts';
import type { ContainerInspect } from './engine-types.ts';

/** A container's facts in rows, from its inspect answer; rows without values are left out. */
export function summaryRows(t: Messages, container: ContainerInspect): SummaryRow[] {
  const d = t.detail;
  const { State: state, Config: config, HostConfig: host, NetworkSettings: net } = container;
  const policy = host.RestartPolicy?.Name ?? '';
  const rows: [string, string[]][] = [
    [d.id, [container.Id.slice(0, 12)]],
    [d.image, [config.Image, container.Image]],
    [d.command, [[container.Path, ...container.Args].map(quoted).join(' ')]],
    [d.workdir, [config.WorkingDir ?? '']],
    [d.user, [config.User ?? '']],
    [d.created, [moment(container.Created)]],
    [d.started, [moment(state.StartedAt)]],
    [d.finished, [state.Status === 'running' ? '' : moment(state.FinishedAt)]],
    [d.ports, ports(net.Ports ?? {})],
    [
      d.networks,
      Object.entries(net.Networks ?? {}).map(([name, end]) => [name, end.IPAddress ?? ''].filter(Boolean).join('  ')),
    ],
    [
      d.mounts,
      container.Mounts.map((m) => `${m.Name ?? m.Source ?? ''} → ${m.Destination}${m.RW === false ? ' (ro)' : ''}`),
    ],
    [d.policy, [policy === '' || policy === 'no' ? '' : policy]],
    [d.environment, config.Env ?? []],
  ];
  return rows
    .map(([name, values]) => ({ name, values: values.filter((value) => value !== '') }))
    .filter((row) => row.values.length > 0);
}

const quoted = (word: string) => (/^[\w@%+=:,./-]+$/.test(word) ? word : JSON.stringify(word));

function ports(map: Record<string, { HostIp: string; HostPort: string }[] | null>): string[] {
  return Object.entries(map).flatMap(([port, bindings]) =>
    bindings === null || bindings.length === 0
      ? [port]
      : bindings.map((b) => `${b.HostIp.includes(':') ? `[${b.HostIp}]` : b.HostIp}:${b.HostPort} → ${port}`),
  );
}

/** A time of the engine, short; its zero time is nothing. */
const moment = (time: string) => (time.startsWith('0001-') ? '' : time.replace('T', ' ').replace(/\.\d+Z?$/, ''));
