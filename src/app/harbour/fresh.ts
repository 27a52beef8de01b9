import type { EngineEvent } from './engine-types.ts';

/** Events apart by more than this belong to different commands: milliseconds. */
const PAUSE = 1500;

/** Actions that change what is drawn; the others (exec, attach, health checks …) only read or run. */
const CHANGES: Record<string, readonly string[]> = {
  container: ['create', 'start', 'restart', 'unpause', 'pause', 'rename', 'die', 'stop', 'kill', 'update'],
  network: ['create'],
  volume: ['create'],
  image: ['pull', 'tag', 'load', 'import', 'build'],
};

/**
 * What the last command changed, from the engine's events: a burst of changes is one command; the next burst settles it.
 */
export class Freshness {
  #marks = new Set<string>();
  #last = Number.NEGATIVE_INFINITY;

  /** Ids and names that are fresh now. */
  get marks(): ReadonlySet<string> {
    return this.#marks;
  }

  /** @param now milliseconds @returns whether the event changes the drawing's marks */
  hear(event: EngineEvent, now: number): boolean {
    const action = event.Action.split(':')[0]!;
    if (!CHANGES[event.Type]?.includes(action)) return false;
    if (now - this.#last > PAUSE) this.#marks = new Set();
    this.#last = now;
    const { ID, Attributes } = event.Actor;
    this.#marks.add(ID);
    if (event.Type === 'image' && Attributes?.name) this.#marks.add(tagged(Attributes.name));
    return true;
  }

  /** A new machine: nothing is fresh. */
  clear(): void {
    this.#marks = new Set();
    this.#last = Number.NEGATIVE_INFINITY;
  }
}

const tagged = (name: string) => (/:[^/]*$/.test(name) ? name : `${name}:latest`);
