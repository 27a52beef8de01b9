import type { Sys } from '../../abi/sys.ts';
import type { ContainerSummary, PortSummary } from '../../api/container.ts';
import type { EndpointSettings, PortMap } from '../../api/container-config.ts';
import type { Filters } from '../../api/filters.ts';
import type { Wait } from '../../libc/io.ts';
import { now, secondsOf } from '../clock.ts';
import type { Daemon } from '../daemon.ts';
import { JsonText } from '../server/json-text.ts';
import { layerSizes } from '../snapshot/changes.ts';
import type { Container, RowText } from './container.ts';
import { containerFilter } from './filters.ts';
import { shownMounts, sortedNetworks } from './inspect.ts';
import { statusOf, statusText } from './state.ts';

export interface ListOptions {
  all?: boolean;
  limit?: number;
  size?: boolean;
  filters?: Filters;
}

/** Containers, newest first. @throws ApiError */
export function* listContainers(sys: Sys, daemon: Daemon, o: ListOptions): Wait<ContainerSummary[]> {
  const out: ContainerSummary[] = [];
  const seconds = now(sys).sec;
  for (const c of select(daemon, o)) out.push(yield* summary(sys, daemon, c, seconds, o.size ?? false));
  return out;
}

/** The same list as JSON, from what is kept of each row. @throws ApiError */
export function listJson(sys: Sys, daemon: Daemon, o: ListOptions): JsonText {
  const seconds = now(sys).sec;
  const names = new Map<string, string>();
  const rows: string[] = [];
  for (const c of select(daemon, o)) {
    c.row ??= rowText(c);
    const key = `${c.config.Image} ${c.image}`;
    let image = names.get(key);
    if (image === undefined) {
      image = JSON.stringify(imageName(daemon, c));
      names.set(key, image);
    }
    const { before, between, after } = c.row;
    rows.push(`${before}${image}${between}"${statusText(c.state, seconds)}"${after}`);
  }
  return new JsonText(`[${rows.join(',')}]`);
}

function rowText(c: Container): RowText {
  const text = JSON.stringify(rowOf(c, '\u0001', '\u0002', undefined));
  const [before = '', rest = ''] = text.split('"\\u0001"');
  const [between = '', after = ''] = rest.split('"\\u0002"');
  return { before, between, after };
}

/** The containers that a list has. @throws ApiError */
function select(daemon: Daemon, o: ListOptions): Container[] {
  const filters = o.filters ?? {};
  const fits = containerFilter(daemon, filters);
  const limit = o.limit !== undefined && o.limit > 0 ? o.limit : 0;
  const all = o.all || limit > 0 || filters.status !== undefined || filters.exited !== undefined;
  const out: Container[] = [];
  const list = [...daemon.containers.all()].reverse();
  for (const c of list) {
    if (!all && !c.state.Running) continue;
    if (!fits(c)) continue;
    out.push(c);
    if (limit > 0 && out.length === limit) break;
  }
  return out;
}

/** One row of the list. */
export function* summary(
  sys: Sys,
  daemon: Daemon,
  c: Container,
  seconds: number,
  size: boolean,
): Wait<ContainerSummary> {
  const sizes = size ? yield* layerSizes(sys, daemon, c) : undefined;
  return rowOf(c, imageName(daemon, c), statusText(c.state, seconds), sizes);
}

function rowOf(
  c: Container,
  image: string,
  status: string,
  sizes: { rw: number; rootFs: number } | undefined,
): ContainerSummary {
  const networks: Record<string, EndpointSettings> = {};
  for (const [name, e] of Object.entries(sortedNetworks(c.network.Networks)))
    networks[name] = { ...e, IPAMConfig: null, Links: null, Aliases: null, DriverOpts: null, DNSNames: null };
  return {
    Id: c.id,
    Names: [c.name],
    Image: image,
    ImageID: c.image,
    Command: commandText(c),
    Created: Math.floor(secondsOf(c.created)),
    Ports: portList(c),
    ...(sizes ? { ...(sizes.rw > 0 ? { SizeRw: sizes.rw } : {}), SizeRootFs: sizes.rootFs } : {}),
    Labels: c.config.Labels ?? {},
    State: statusOf(c.state),
    Status: status,
    HostConfig: { NetworkMode: c.hostConfig.NetworkMode },
    NetworkSettings: { Networks: networks },
    Mounts: shownMounts(c).filter((m) => m.Type !== 'tmpfs'),
  };
}

/** The name by which the container was made, as long as it still means that image; else the id. */
function imageName(daemon: Daemon, c: Container): string {
  const name = c.config.Image;
  if (c.image.startsWith(`sha256:${name}`) || c.image === name) return name;
  return daemon.imageStore.find(name)?.id === c.image ? name : c.image;
}

function commandText(c: Container): string {
  if (c.args.length === 0) return c.path;
  const args = c.args.map((arg) => (arg.includes(' ') ? `'${arg}'` : arg));
  return `${c.path} ${args.join(' ')}`;
}

/** Ports in the order of the engine: as the map of ports is read. */
export function portList(c: Container): PortSummary[] {
  const out: PortSummary[] = [];
  const map: PortMap = c.network.Ports;
  for (const [spec, bindings] of Object.entries(map)) {
    const [port = '', Type = 'tcp'] = spec.split('/');
    const PrivatePort = Number(port);
    if (!bindings || bindings.length === 0) out.push({ PrivatePort, Type });
    else for (const b of bindings) out.push({ IP: b.HostIp, PrivatePort, PublicPort: Number(b.HostPort), Type });
  }
  return out;
}
