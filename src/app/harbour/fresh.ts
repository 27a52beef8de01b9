import type { EngineEvent } from './engine-types.ts';

/** Actions that change what is drawn; the others (exec, attach, health checks …) only read or run. */
const CHANGES: Record<string, readonly string[]> = {
  container: ['create', 'start', 'restart', 'unpause', 'pause', 'rename', 'die', 'stop', 'kill', 'update'],
  network: ['create'],
  volume: ['create'],
  image: ['pull', 'tag', 'load', 'import', 'build'],
};

/**
 * What the last command changed, from the engine's events: the first change after a command was entered settles what
 * the one before it had changed.
 */
export class Freshness {
  #marks = new Set<string>();
  #entered = false;
  /** No command of this visit yet: what comes back with the machine is not fresh. */
  #idle = true;

  /** Ids and names that are fresh now. */
  get marks(): ReadonlySet<string> {
    return this.#marks;
  }

  /** A command was entered. */
  command(): void {
    this.#entered = true;
    this.#idle = false;
  }

  /** @returns whether the event changes the drawing's marks */
  hear(event: EngineEvent): boolean {
    const action = event.Action.split(':')[0]!;
    if (this.#idle || !CHANGES[event.Type]?.includes(action)) return false;
    if (this.#entered) this.#marks = new Set();
    this.#entered = false;
    const { ID, Attributes } = event.Actor;
    this.#marks.add(ID);
    if (event.Type === 'image' && Attributes?.name) this.#marks.add(tagged(Attributes.name));
    return true;
  }

  /** A new machine: nothing is fresh. */
  clear(): void {
    this.#marks = new Set();
    this.#entered = false;
    this.#idle = true;
  }
}

const tagged = (name: string) => (/:[^/]*$/.test(name) ? name : `${name}:latest`);
