import type { Directive } from './config-file.ts';

export type ScopeKind = 'main' | 'http' | 'server' | 'location' | 'if' | 'limit_except';

/** One block of the configuration. What it does not say, the block around it says. */
export class Scope {
  readonly #own = new Map<string, Directive[]>();
  readonly #memo = new Map<string, unknown>();

  constructor(
    readonly kind: ScopeKind,
    readonly parent: Scope | undefined,
    readonly directives: readonly Directive[],
  ) {
    for (const directive of directives) {
      const same = this.#own.get(directive.name);
      if (same) same.push(directive);
      else this.#own.set(directive.name, [directive]);
    }
  }

  /** Those of this name in this block. */
  own(name: string): readonly Directive[] {
    return this.#own.get(name) ?? [];
  }

  /** Those of this name in the nearest block that has any. */
  all(name: string): readonly Directive[] {
    return this.#own.get(name) ?? this.parent?.all(name) ?? [];
  }

  find(name: string): Directive | undefined {
    return this.all(name).at(-1);
  }

  /** First argument of the directive in force. */
  value(name: string): string | undefined {
    return this.find(name)?.args[0];
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.value(name);
    return value === undefined ? otherwise : value.toLowerCase() === 'on';
  }

  /** Computes something of this block once. */
  memo<T>(key: string, make: () => T): T {
    if (!this.#memo.has(key)) this.#memo.set(key, make());
    return this.#memo.get(key) as T;
  }
}
