import type { Wait } from '../../../libc/io.ts';
import type { BuildRequest } from '../build/request.ts';
import type { Cli } from '../command.ts';
import { DaemonError } from '../errors.ts';
import type { Plan } from './resolve.ts';

const nameIn = (value: string): string | undefined => /^target:(.+)$/.exec(value)?.[1];

/** Targets that are contexts of others: each becomes an image first, which goes again if nobody asked for it. */
export class Links {
  readonly #needed = new Set<string>();
  readonly #images = new Map<string, string>();
  readonly #unnamed: string[] = [];

  constructor(plan: Plan) {
    for (const target of plan.targets.values())
      for (const value of Object.values(target.contexts ?? {})) {
        const name = nameIn(value);
        if (name !== undefined) this.#needed.add(name);
      }
  }

  /** The build of a target, with the images of those that it builds on. */
  request(name: string, request: BuildRequest): BuildRequest {
    const contexts = Object.fromEntries(
      Object.entries(request.contexts).map(([context, value]) => {
        const image = this.#images.get(nameIn(value) ?? '');
        return [context, image === undefined ? value : `docker-image://${image}`];
      }),
    );
    if (!this.#needed.has(name) || !request.outputs.some(({ type }) => type === 'cacheonly'))
      return { ...request, contexts };
    this.#unnamed.push(name);
    return { ...request, contexts, tags: [], outputs: [] };
  }

  built(name: string, image: string | undefined): void {
    if (image !== undefined) this.#images.set(name, image);
  }

  *removeUnnamed(cli: Cli): Wait<void> {
    const client = yield* cli.client();
    for (const name of this.#unnamed) {
      const image = this.#images.get(name);
      if (image === undefined) continue;
      try {
        yield* client.done('DELETE', `/images/${image}`, {});
      } catch (error) {
        // something else uses it by now
        if (!(error instanceof DaemonError)) throw error;
      }
    }
  }
}
