import { formatGoTime } from '../../../lib/go-time.ts';
import { GoFunc, GoNil, type GoStruct, GoTyped, scalarOf } from '../../../lib/go-value.ts';
import { quote } from '../../../lib/quote.ts';
import { humanDuration, humanSize } from '../../../lib/units.ts';
import { ellipsis, shortId } from './display.ts';
import { type Listing, rowValue } from './formatter.ts';
import { type PortSummary, portsText } from './ports.ts';

/** container.Summary of the API, as far as lists show it. */
export interface ContainerSummary {
  Id: string;
  Names: string[] | null;
  Image: string;
  ImageID?: string;
  Command: string;
  Created: number;
  Ports?: PortSummary[] | null;
  Labels?: Record<string, string> | null;
  State: string;
  Status: string;
  SizeRw?: number;
  SizeRootFs?: number;
  Mounts?: { Type?: string; Name?: string; Source?: string; Driver?: string }[] | null;
  NetworkSettings?: { Networks?: Record<string, unknown> | null } | null;
}

export interface ContainerOptions {
  truncate: boolean;
  /** Seconds since the Epoch. */
  now: number;
}

export const CONTAINERS: Listing = {
  headers: {
    ID: 'CONTAINER ID',
    Names: 'NAMES',
    Image: 'IMAGE',
    Command: 'COMMAND',
    CreatedAt: 'CREATED AT',
    RunningFor: 'CREATED',
    Ports: 'PORTS',
    State: 'STATE',
    Status: 'STATUS',
    Size: 'SIZE',
    Labels: 'LABELS',
    Mounts: 'MOUNTS',
    LocalVolumes: 'LOCAL VOLUMES',
    Networks: 'NETWORKS',
    Platform: 'PLATFORM',
  },
};

const COLUMNS = '{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}';

/** The format that `ps` works with: presets become templates. */
export function containerFormat(source: string, quiet: boolean, size: boolean): string {
  if (source === 'table') return quiet ? '{{.ID}}' : `table ${COLUMNS}${size ? '\t{{.Size}}' : ''}`;
  if (source === 'raw') {
    if (quiet) return 'container_id: {{.ID}}';
    return `container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\ncreated_at: {{.CreatedAt}}\nstate: {{- pad .State 1 0}}\nstatus: {{- pad .Status 1 0}}\nnames: {{.Names}}\nlabels: {{- pad .Labels 1 0}}\nports: {{- pad .Ports 1 0}}\n${size ? 'size: {{.Size}}\n' : ''}`;
  }
  if (source === 'json' && quiet) return '{{json .ID}}';
  return source;
}

/** A line of `ps`. */
export function containerRow(c: ContainerSummary, { truncate, now }: ContainerOptions): GoStruct {
  const labels = c.Labels ?? {};
  const networks = Object.keys(c.NetworkSettings?.Networks ?? {});
  return rowValue({
    type: '*formatter.ContainerContext',
    methods: {
      ID: () => (truncate ? shortId(c.Id) : c.Id),
      Names: () => namesOf(c.Names ?? [], truncate),
      Image: () => imageOf(c, truncate),
      Command: () => quote(truncate ? ellipsis(c.Command, 20) : c.Command),
      CreatedAt: () => formatGoTime(c.Created, 0),
      RunningFor: () => `${humanDuration(now - c.Created)} ago`,
      Ports: () => portsText(c.Ports ?? []),
      State: () => c.State,
      Status: () => c.Status,
      Size: () => sizeOf(c),
      Labels: () => labelsText(labels),
      Mounts: () => mountsOf(c, truncate),
      LocalVolumes: () => String((c.Mounts ?? []).filter((m) => m.Driver === 'local').length),
      Networks: () => networks.join(','),
      Platform: () => new GoNil('*v1.Platform'),
    },
    more: { Label: new GoFunc(['string'], (name) => labels[String(scalarOf(name))] ?? '') },
  });
}

/** `a=1,b=2`, sorted. */
export const labelsText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(',');

function namesOf(names: readonly string[], truncate: boolean): string {
  const own = names.map((n) => n.replace(/^\//, ''));
  if (!truncate) return own.join(',');
  return own.filter((n) => !n.includes('/')).join(',');
}

function imageOf(c: ContainerSummary, truncate: boolean): string {
  if (c.Image === '') return '<no image>';
  if (!truncate) return c.Image;
  const id = shortId(c.ImageID ?? '');
  if (id !== '' && id === shortId(c.Image)) return id;
  const digest = c.Image.indexOf('@sha256:');
  return digest < 0 ? c.Image : c.Image.slice(0, digest);
}

function sizeOf(c: ContainerSummary): string {
  const own = humanSize(c.SizeRw ?? 0, 3);
  return c.SizeRootFs ? `${own} (virtual ${humanSize(c.SizeRootFs, 3)})` : own;
}

function mountsOf(c: ContainerSummary, truncate: boolean): string {
  return (c.Mounts ?? [])
    .map((m) => m.Name || m.Source || '')
    .map((name) => (truncate ? ellipsis(name, 15) : name))
    .join(',');
}

/** A whole number as Go's int. */
export const goInt = (n: number): GoTyped => new GoTyped('int', n);
