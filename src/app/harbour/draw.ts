import type { Berth, ContainerLook, Drawing, Gate, ImageStack, Layer, Mount, Quay } from '../../ui/index.ts';
import type {
  ContainerSummary,
  HistoryItem,
  ImageSummary,
  NetworkSummary,
  PortSummary,
  VolumeSummary,
} from './engine-types.ts';

/** What the engine says now. */
export interface EngineState {
  containers: readonly ContainerSummary[];
  networks: readonly NetworkSummary[];
  volumes: readonly VolumeSummary[];
  images: readonly ImageSummary[];
  /** By image id. */
  layers: ReadonlyMap<string, readonly Omit<Layer, 'sharedBy'>[]>;
}

const BUILTIN = ['bridge', 'host', 'none'];
/** Networks from the top: the user's own by name, then the engine's. */
const place = (name: string) => (BUILTIN.includes(name) ? BUILTIN.indexOf(name) + 1 : 0);

/**
 * Makes the harbour's drawing from what the engine says.
 * @param fresh ids and names that the last command changed
 */
export function draw(state: EngineState, fresh: ReadonlySet<string>): Drawing {
  const networks = [...state.networks].sort((a, b) => place(a.Name) - place(b.Name) || (a.Name < b.Name ? -1 : 1));
  const containers = [...state.containers].sort((a, b) => a.Created - b.Created || (a.Id < b.Id ? -1 : 1));
  const byQuay = new Map<string, Berth[]>(networks.map((network) => [network.Name, []]));
  for (const container of containers) {
    const quay = homeOf(container, networks);
    byQuay.get(quay)?.push(berth(container, quay, fresh));
  }
  const used = new Set(containers.flatMap((c) => (c.Mounts ?? []).map((mount) => mount.Name ?? '')));
  return {
    quays: networks.map((network) => quay(network, byQuay.get(network.Name) ?? [], fresh)),
    images: stacks(state, fresh),
    unused: state.volumes
      .filter((volume) => !used.has(volume.Name))
      .map((volume) => ({ name: volume.Name, fresh: fresh.has(volume.Name) })),
  };
}

/** The quay where a container is drawn: its first network, the user's own before the engine's. */
function homeOf(container: ContainerSummary, networks: readonly NetworkSummary[]): string {
  const names = Object.keys(container.NetworkSettings?.Networks ?? {});
  const known = networks.filter((network) => names.includes(network.Name));
  if (known[0]) return known[0].Name;
  const mode = container.HostConfig?.NetworkMode ?? 'bridge';
  const wanted = mode === 'default' ? 'bridge' : mode;
  return networks.some((network) => network.Name === wanted) ? wanted : 'none';
}

function quay(network: NetworkSummary, berths: readonly Berth[], fresh: ReadonlySet<string>): Quay {
  return {
    id: network.Id,
    name: network.Name,
    driver: network.Driver,
    subnet: network.IPAM?.Config?.[0]?.Subnet ?? '',
    internal: network.Internal === true,
    builtin: BUILTIN.includes(network.Name),
    fresh: fresh.has(network.Id) || fresh.has(network.Name),
    berths,
  };
}

function berth(container: ContainerSummary, quayName: string, fresh: ReadonlySet<string>): Berth {
  const endpoints = container.NetworkSettings?.Networks ?? {};
  const { exitCode, since } = lastEnd(container);
  return {
    id: container.Id,
    name: nameOf(container),
    image: imageName(container),
    look: look(container),
    exitCode,
    since,
    ip: endpoints[quayName]?.IPAddress ?? '',
    gates: gates(container.Ports ?? []),
    mounts: (container.Mounts ?? []).map((mount) => ({
      kind: kindOf(mount.Type),
      name: (mount.Type === 'volume' ? mount.Name : mount.Source) ?? '',
      path: mount.Destination,
      readOnly: mount.RW === false,
      fresh: fresh.has(mount.Name ?? ''),
    })),
    alsoOn: Object.keys(endpoints).filter((name) => name !== quayName),
    fresh: fresh.has(container.Id),
  };
}

const kindOf = (type: string): Mount['kind'] => (type === 'bind' || type === 'tmpfs' ? type : 'volume');

/** First name without its slash. */
export const nameOf = (container: { Id: string; Names: string[] }): string =>
  container.Names[0]?.replace(/^\//, '') ?? container.Id.slice(0, 12);

/** The image as the container names it; an id is shortened as the CLI does. */
function imageName(container: ContainerSummary): string {
  const id = /^(?:sha256:)?([0-9a-f]{12})[0-9a-f]{52}$/.exec(container.Image);
  return id?.[1] ?? container.Image;
}

/** State of a container, with its health where it has one. */
export function look(container: { State: string; Status: string }): ContainerLook {
  if (container.State === 'running') {
    if (container.Status.includes('(unhealthy)')) return 'unhealthy';
    return container.Status.includes('(healthy)') ? 'healthy' : 'running';
  }
  switch (container.State) {
    case 'paused':
    case 'restarting':
    case 'exited':
    case 'dead':
    case 'created':
      return container.State;
    default:
      return 'exited';
  }
}

const UNITS: Record<string, number> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
  week: 604_800,
  month: 2_592_000,
  year: 31_536_000,
};

/** Exit status and time of the end, from the status line (`Exited (0) 8 seconds ago`): the list has no other field for them. */
function lastEnd(container: ContainerSummary): { exitCode: number; since: number } {
  const exitCode = Number(/\((\d+)\)/.exec(container.Status)?.[1] ?? 0);
  const ago = /(?:(\d+)|an?|Less than a) (second|minute|hour|day|week|month|year)s? ago/.exec(container.Status);
  if (!ago) return { exitCode, since: container.Created * 1000 };
  return { exitCode, since: Date.now() - Number(ago[1] ?? 1) * (UNITS[ago[2]!] ?? 1) * 1000 };
}

/** Published ports; the same port on 0.0.0.0 and [::] is one way in. */
function gates(ports: readonly PortSummary[]): Gate[] {
  const seen = new Map<string, Gate>();
  for (const port of ports) {
    if (port.PublicPort === undefined || port.PublicPort === 0) continue;
    const everywhere = !port.IP || port.IP === '0.0.0.0' || port.IP === '::';
    const host = `${everywhere ? '' : port.IP}:${port.PublicPort}`;
    seen.set(`${host}/${port.Type}`, {
      host,
      hostPort: port.PublicPort,
      containerPort: port.PrivatePort,
      protocol: port.Type,
      local: port.IP === '127.0.0.1' || port.IP === '::1',
    });
  }
  return [...seen.values()].sort((a, b) => a.hostPort - b.hostPort);
}

function stacks(state: EngineState, fresh: ReadonlySet<string>): ImageStack[] {
  const count = new Map<string, number>();
  for (const image of state.images)
    for (const layer of state.layers.get(image.Id) ?? []) count.set(layer.id, (count.get(layer.id) ?? 0) + 1);
  const drawn = state.images.map((image) => ({
    id: image.Id,
    name: image.RepoTags?.find((tag) => tag !== '<none>:<none>'),
    size: image.Size,
    usedBy: state.containers.filter((c) => c.ImageID === image.Id).map(nameOf),
    ...levelOf(image.Labels?.['drydock.level']),
    fresh: fresh.has(image.Id) || (image.RepoTags ?? []).some((tag) => fresh.has(tag)),
    layers: (state.layers.get(image.Id) ?? []).map((layer) => ({ ...layer, sharedBy: count.get(layer.id) ?? 1 })),
  }));
  return neighbours(drawn);
}

/** What the catalogue's label says of an image. */
function levelOf(label: string | undefined): Pick<ImageStack, 'level'> {
  if (label === 'files only') return { level: 'files' };
  return label === 'starts and logs' ? { level: 'starts' } : {};
}

/** Puts images that stand on the same layers beside each other; otherwise by name. */
function neighbours(images: ImageStack[]): ImageStack[] {
  const key = (image: ImageStack) => image.layers.map((layer) => layer.id);
  const named = [...images].sort((a, b) => ((a.name ?? '~') < (b.name ?? '~') ? -1 : 1));
  const groups = new Map<string, ImageStack[]>();
  for (const image of named) {
    const base = image.layers[0]?.id ?? image.id;
    groups.set(base, [...(groups.get(base) ?? []), image]);
  }
  return [...groups.values()].flatMap((group) => group.sort((a, b) => compareKeys(key(a), key(b))));
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) if (a[i] !== b[i]) return a[i]! < b[i]! ? -1 : 1;
  return a.length - b.length;
}

/**
 * An image's layers with the instructions that made them: the history has one item for each layer and one for each
 * instruction that made none (size 0, and more of them than layers).
 * @param diffIds from the base up
 * @param history newest first, as the engine gives it
 */
export function layersOf(diffIds: readonly string[], history: readonly HistoryItem[]): Omit<Layer, 'sharedBy'>[] {
  const items = [...history].reverse();
  const spare = items.length - diffIds.length;
  const empty = new Set(
    items
      .map((item, at) => ({ item, at }))
      .filter(({ item }) => item.Size === 0)
      .sort((a, b) => weight(b.item) - weight(a.item))
      .slice(0, Math.max(0, spare))
      .map(({ at }) => at),
  );
  const made = items.filter((_, at) => !empty.has(at));
  return diffIds.map((id, at) => ({
    id,
    number: at + 1,
    label: instruction(made[at]?.CreatedBy ?? ''),
    size: made[at]?.Size ?? 0,
  }));
}

/** How likely an item of no size made no layer: metadata instructions first. */
const weight = (item: HistoryItem) =>
  /^(?:\/bin\/sh -c #\(nop\)\s+)?(?:ENV|CMD|ENTRYPOINT|EXPOSE|LABEL|USER|VOLUME|STOPSIGNAL|ARG|SHELL|HEALTHCHECK|MAINTAINER|ONBUILD)\b/.test(
    item.CreatedBy,
  )
    ? 2
    : /^(?:WORKDIR|RUN|COPY|ADD)\b/.test(item.CreatedBy)
      ? 0
      : 1;

/** The instruction of a history item, short: `RUN apt-get update`, `COPY . .`. */
export function instruction(createdBy: string): string {
  const text = createdBy
    .replace(/\s*# buildkit$/, '')
    .replace(/^RUN (?:\|\d+ (?:\S+=\S* )*)?/, 'RUN ')
    .replace(/^\/bin\/sh -c #\(nop\)\s+/, '')
    .replace(/^(?:RUN )?\/bin\/(?:ba)?sh -c\s+/, 'RUN ')
    .replace(/^RUN set -\w+;?\s+(?:&&\s+)?/, 'RUN ')
    .replace(/^(ADD|COPY) (?:file|dir|multi):[0-9a-f]+\s+in\s+/, '$1 rootfs ')
    .trim();
  return text === '' ? 'layer' : text.split(/\s*(?:&&|;|\n)\s*/)[0]!.slice(0, 60);
}
