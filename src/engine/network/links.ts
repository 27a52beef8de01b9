import { ApiError } from '../../api/errors.ts';
import type { Container } from '../container/container.ts';
import type { Daemon } from '../daemon.ts';

/** A legacy link: what a container knows of another one of the default bridge. */
export interface Link {
  target: Container;
  alias: string;
}

/** Reads `name:alias`. */
export function splitLink(link: string): [name: string, alias: string] {
  const [name = '', alias] = link.split(':');
  const bare = name.replace(/^\//, '');
  return [bare, (alias ?? bare).replace(/^.*\//, '')];
}

/** The links of a container whose targets are there. */
export function linksOfContainer(daemon: Daemon, c: Container): Link[] {
  const out: Link[] = [];
  for (const link of c.hostConfig.Links ?? []) {
    const [name, alias] = splitLink(link);
    const target = daemon.containers.byName(name) ?? daemon.containers.byId(name);
    if (target) out.push({ target, alias });
  }
  return out;
}

/** @throws ApiError `could not get container for x: No such container: x` */
export function checkLinks(daemon: Daemon, links: readonly string[]): void {
  for (const link of links) {
    const [name] = splitLink(link);
    const found = daemon.containers.find(name);
    if (found === undefined || found === 'many')
      throw new ApiError('invalid-parameter', `could not get container for ${name}: No such container: ${name}`);
  }
}

/**
 * Looks at the links of a container on the default bridge before it starts.
 * @throws ApiError where one leads to a container that does not run, or that is on other networks only
 * @see moby daemon.setupLinkedContainers
 */
export function checkLinked(c: Container, links: readonly Link[]): void {
  for (const { target, alias } of links) {
    if (!target.state.Running)
      throw new ApiError('internal', `Cannot link to a non running container: ${target.name} AS ${c.name}/${alias}`);
    if (!target.network.Networks.bridge)
      throw new ApiError('internal', `container ${target.id} not attached to default bridge network`);
  }
}

const addressOf = (c: Container): string => Object.values(c.network.Networks)[0]?.IPAddress ?? '';

/** Rows of /etc/hosts. */
export function linkHosts(links: readonly Link[]): [address: string, names: string][] {
  return links
    .filter(({ target }) => addressOf(target) !== '')
    .map(({ target, alias }) => {
      const name = target.name.slice(1);
      const names = [alias, target.config.Hostname, ...(alias === name ? [] : [name])];
      return [addressOf(target), names.join(' ')];
    });
}

/** Variables that tell of the links' addresses, ports and environment. */
export function linkEnvironment(c: Container, links: readonly Link[]): string[] {
  const env: string[] = [];
  for (const { target, alias } of links) {
    const prefix = alias.toUpperCase().replaceAll('-', '_');
    const address = addressOf(target);
    const ports = Object.keys(target.config.ExposedPorts ?? {})
      .map((spec) => spec.split('/') as [string, string])
      .sort((a, b) => Number(a[0]) - Number(b[0]) || (a[1] === 'tcp' ? -1 : 1));
    const first = ports[0];
    if (first) env.push(`${prefix}_PORT=${first[1]}://${address}:${first[0]}`);
    for (const [port, proto] of ports) {
      const name = `${prefix}_PORT_${port}_${proto.toUpperCase()}`;
      env.push(
        `${name}=${proto}://${address}:${port}`,
        `${name}_ADDR=${address}`,
        `${name}_PORT=${port}`,
        `${name}_PROTO=${proto}`,
      );
    }
    env.push(`${prefix}_NAME=${c.name}/${alias}`);
    for (const pair of target.config.Env ?? []) {
      const name = pair.split('=', 1)[0]!;
      if (name !== 'HOME' && name !== 'PATH') env.push(`${prefix}_ENV_${pair}`);
    }
  }
  return env;
}
