import { ApiError } from '../../api/errors.ts';
import type { Container } from './container.ts';

/** All containers: by id, by any beginning of the id, by name. */
export class ContainerStore {
  readonly #byId: Map<string, Container> = new Map();
  readonly #byName: Map<string, Container> = new Map();
  /** Names that a create has taken and not used yet. */
  readonly #reserved: Map<string, string> = new Map();
  /** Ids in order, to find beginnings. */
  readonly #ids: string[] = [];

  get size(): number {
    return this.#byId.size;
  }

  /** In the order of their making. */
  all(): IterableIterator<Container> {
    return this.#byId.values();
  }

  add(container: Container): void {
    this.#byId.set(container.id, container);
    this.#byName.set(container.name, container);
    this.#reserved.delete(container.name);
    this.#ids.splice(this.#position(container.id), 0, container.id);
  }

  delete(container: Container): void {
    this.#byId.delete(container.id);
    if (this.#byName.get(container.name) === container) this.#byName.delete(container.name);
    const at = this.#position(container.id);
    if (this.#ids[at] === container.id) this.#ids.splice(at, 1);
  }

  /** Takes a name (with its slash) for a container to come. @returns the id that has it already, or undefined */
  reserve(name: string, id: string): string | undefined {
    const owner = this.#byName.get(name)?.id ?? this.#reserved.get(name);
    if (owner !== undefined) return owner;
    this.#reserved.set(name, id);
    return undefined;
  }

  release(name: string): void {
    this.#reserved.delete(name);
  }

  rename(container: Container, name: string): void {
    this.#byName.delete(container.name);
    this.#reserved.delete(name);
    container.name = name;
    this.#byName.set(name, container);
  }

  /** Those that were made from an image. */
  using(imageId: string): Container[] {
    return [...this.#byId.values()].filter((c) => c.image === imageId);
  }

  /** By full id. */
  byId(id: string): Container | undefined {
    return this.#byId.get(id);
  }

  byName(name: string): Container | undefined {
    return this.#byName.get(name.startsWith('/') ? name : `/${name}`);
  }

  /** By id, name, or the beginning of an id. @returns undefined where there is none, or 'many' where there are several */
  find(reference: string): Container | undefined | 'many' {
    const exact = this.#byId.get(reference) ?? this.byName(reference);
    if (exact) return exact;
    if (reference === '' || !/^[0-9a-f]+$/.test(reference)) return undefined;
    const at = this.#position(reference);
    if (!this.#ids[at]?.startsWith(reference)) return undefined;
    if (this.#ids[at + 1]?.startsWith(reference)) return 'many';
    return this.#byId.get(this.#ids[at]!);
  }

  /** @throws ApiError `No such container: x` */
  get(reference: string): Container {
    const found = this.find(reference);
    if (reference === '') throw new ApiError('invalid-parameter', 'invalid name or ID supplied: ""');
    if (found === 'many')
      throw new ApiError('invalid-parameter', `multiple IDs found with provided prefix: ${reference}`);
    if (found === undefined) throw noSuchContainer(reference);
    return found;
  }

  /** Index of the first id that is not before `id`. */
  #position(id: string): number {
    let low = 0;
    let high = this.#ids.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#ids[middle]! < id) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export const noSuchContainer = (reference: string): ApiError =>
  new ApiError('not-found', `No such container: ${reference}`);
