import type { Sys } from '../../abi/sys.ts';
import type { Daemon } from '../daemon.ts';
import type { Container } from './container.ts';

/** Says that something happened to a container; its labels, image and name are told with it. */
export function logEvent(
  sys: Sys,
  daemon: Daemon,
  c: Container,
  action: string,
  more: Readonly<Record<string, string>> = {},
): void {
  daemon.events.log(sys, 'container', action, c.id, {
    ...c.config.Labels,
    ...more,
    ...(c.config.Image ? { image: c.config.Image } : {}),
    name: c.name.slice(1),
  });
}
