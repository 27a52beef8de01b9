import { age } from '../age.ts';
import type { Berth } from '../drawing.ts';
import type { Messages } from '../i18n/en.ts';

/** State in words, with what belongs to it: `Exited (0) · 8 s ago`. */
export function statusOf(t: Messages, berth: Berth, now: number): string {
  const words = t.harbour.status;
  switch (berth.look) {
    case 'exited':
      return words.exited(berth.exitCode, age(t, berth.since, now));
    case 'created':
      return words.created;
    case 'paused':
      return words.paused;
    case 'restarting':
      return words.restarting(berth.exitCode);
    case 'dead':
      return words.dead;
    default:
      return t.harbour.states[berth.look];
  }
}

/** What a screen reader says of a container. */
export function labelOf(t: Messages, berth: Berth, network: string): string {
  const ports = berth.gates.map((gate) => gate.host.replace(/^:/, '')).join(', ');
  return t.harbour.container(berth.name, t.harbour.states[berth.look], ports, network, berth.ip);
}

/** Whether a container has processes, and so measures. */
export const isUp = (berth: Berth): boolean =>
  berth.look === 'running' || berth.look === 'healthy' || berth.look === 'unhealthy' || berth.look === 'paused';

/** A path cut in its middle so that both ends can be read. */
export function middle(text: string, max: number): string {
  if (text.length <= max) return text;
  const tail = Math.ceil((max - 1) * 0.6);
  return `${text.slice(0, max - 1 - tail)}…${text.slice(-tail)}`;
}
