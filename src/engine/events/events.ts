import type { Sys } from '../../abi/sys.ts';
import type { Filters } from '../../api/filters.ts';
import type { EventMessage } from '../../api/system.ts';
import { familiarName, parseReference } from '../../lib/reference.ts';
import { Channel } from '../../libc/sync.ts';
import { now } from '../clock.ts';

/** How many events are kept for those who ask for the past. */
const KEPT = 256;
/** How many may wait for a slow reader. */
const QUEUE = 1024;

export type EventType = 'container' | 'image' | 'volume' | 'network' | 'daemon' | 'builder' | 'plugin';

/** What happened in the engine: the last events, and those who listen. */
export class Events {
  readonly #past: EventMessage[] = [];
  readonly #listeners: Set<Channel<EventMessage>> = new Set();

  get listeners(): number {
    return this.#listeners.size;
  }

  /** How many there have been. */
  count = 0;

  log(sys: Sys, type: EventType, action: string, id: string, attributes: Record<string, string>): void {
    this.count++;
    const t = now(sys);
    const message: EventMessage = {
      Type: type,
      Action: action,
      Actor: { ID: id, Attributes: attributes },
      scope: 'local',
      time: t.sec,
      timeNano: `${t.sec}${String(t.nsec).padStart(9, '0')}`,
    };
    if (type === 'container') {
      message.status = action;
      message.id = id;
      message.from = attributes.image ?? '';
    } else if (type === 'image') {
      message.status = action;
      message.id = id;
    }
    this.#past.push(message);
    if (this.#past.length > KEPT) this.#past.shift();
    for (const listener of this.#listeners) listener.offer(sys, message);
  }

  past(): readonly EventMessage[] {
    return this.#past;
  }

  listen(): Channel<EventMessage> {
    const channel = new Channel<EventMessage>(QUEUE);
    this.#listeners.add(channel);
    return channel;
  }

  forget(channel: Channel<EventMessage>): void {
    this.#listeners.delete(channel);
  }
}

/** JSON as the engine writes it: attributes sorted, `timeNano` a number. */
export function eventJson(e: EventMessage): string {
  const attributes: Record<string, string> = {};
  for (const name of Object.keys(e.Actor.Attributes).sort()) attributes[name] = e.Actor.Attributes[name]!;
  const head: Record<string, unknown> = {};
  if (e.status !== undefined) head.status = e.status;
  if (e.id !== undefined) head.id = e.id;
  if (e.from) head.from = e.from;
  const text = JSON.stringify({
    ...head,
    Type: e.Type,
    Action: e.Action,
    Actor: { ID: e.Actor.ID, Attributes: attributes },
    scope: e.scope,
    time: e.time,
  });
  return `${text.slice(0, -1)},"timeNano":${e.timeNano}}`;
}

const OBJECTS = ['container', 'image', 'volume', 'network', 'daemon', 'plugin'] as const;

/** Whether an event fits the filters; a name that nobody knows is taken and filters nothing. */
export function eventFits(e: EventMessage, filters: Filters): boolean {
  if (!oneOf(filters.event, (want) => e.Action === want || e.Action.startsWith(`${want}:`))) return false;
  if (!oneOf(filters.type, (want) => e.Type === want)) return false;
  if (!oneOf(filters.scope, (want) => e.scope === want)) return false;
  for (const label of filters.label ?? []) if (!labelFits(e.Actor.Attributes, label)) return false;
  for (const type of OBJECTS) if (!objectFits(e, type, filters[type])) return false;
  return true;
}

const oneOf = (wanted: readonly string[] | undefined, fits: (want: string) => boolean): boolean =>
  wanted === undefined || wanted.length === 0 || wanted.some(fits);

function labelFits(attributes: Readonly<Record<string, string>>, label: string): boolean {
  const equals = label.indexOf('=');
  if (equals < 0) return attributes[label] !== undefined;
  return attributes[label.slice(0, equals)] === label.slice(equals + 1);
}

function objectFits(e: EventMessage, type: (typeof OBJECTS)[number], wanted: readonly string[] | undefined): boolean {
  if (wanted === undefined || wanted.length === 0) return true;
  if (type === 'image') return imageFits(e, wanted);
  // The volume's and the network's events name the container that they were for.
  if (e.Type !== type) return false;
  const { ID, Attributes } = e.Actor;
  return wanted.some((want) => ID === want || Attributes.name === want || (want !== '' && ID.startsWith(want)));
}

function imageFits(e: EventMessage, wanted: readonly string[]): boolean {
  const { ID, Attributes } = e.Actor;
  const names = e.Type === 'image' ? [ID, Attributes.name ?? ''] : [Attributes.image ?? ''];
  const known = new Set(names.flatMap((name) => [name, withoutTag(name)]));
  return wanted.some((want) => known.has(want) || known.has(withoutTag(want)));
}

function withoutTag(name: string): string {
  try {
    return familiarName(parseReference(name));
  } catch {
    return name;
  }
}
