import type { Container } from './container.ts';
import { DEFAULT_PATH } from './defaults.ts';

/** Puts `more` over `base`: same names are replaced at their place, `NAME` alone takes one away. */
export function overlayEnv(base: readonly string[], more: readonly string[]): string[] {
  const out = [...base];
  for (const pair of more) {
    const name = pair.split('=', 1)[0]!;
    const at = out.findIndex((p) => p.split('=', 1)[0] === name);
    if (!pair.includes('=')) {
      if (at >= 0) out.splice(at, 1);
    } else if (at >= 0) out[at] = pair;
    else out.push(pair);
  }
  return out;
}

/** The environment of a container's process. @param links variables that --link gives */
export function containerEnv(c: Container, tty: boolean, links: readonly string[]): string[] {
  const base = [`PATH=${DEFAULT_PATH}`, `HOSTNAME=${c.config.Hostname}`];
  if (tty) base.push('TERM=xterm');
  return overlayEnv([...base, ...links], c.config.Env ?? []);
}
