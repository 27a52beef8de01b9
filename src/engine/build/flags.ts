import type { Instruction } from './dockerfile.ts';
import { parseError } from './dockerfile-error.ts';
import { nearest } from './keywords.ts';

/** What kind of value a flag of an instruction takes; a list may be given again and again. */
export type FlagKind = 'string' | 'bool' | 'list';

/** The flags that an instruction was given. */
export class InstructionFlags {
  readonly #values = new Map<string, string[]>();

  /** @throws DockerfileError for what the instruction does not have */
  constructor(instruction: Instruction, known: Readonly<Record<string, FlagKind>>) {
    for (const flag of instruction.flags) {
      const equals = flag.indexOf('=');
      const name = flag.slice(2, equals < 0 ? undefined : equals);
      const kind = Object.hasOwn(known, name) ? known[name] : undefined;
      if (kind === undefined) {
        const near = nearest(name, Object.keys(known));
        throw parseError(instruction, `unknown flag: --${name}${near ? ` (did you mean ${near}?)` : ''}`);
      }
      const value = equals < 0 ? undefined : flag.slice(equals + 1);
      if (value === undefined && kind !== 'bool') throw parseError(instruction, `missing a value on flag: --${name}`);
      if (kind === 'bool' && value !== undefined && !/^(true|false)$/i.test(value))
        throw parseError(instruction, `expecting boolean value for flag --${name}, not: ${value}`);
      const values = this.#values.get(name) ?? [];
      if (values.length > 0 && kind !== 'list') throw parseError(instruction, `duplicate flag specified: ${name}`);
      this.#values.set(name, [...values, value ?? 'true']);
    }
  }

  text(name: string): string | undefined {
    return this.#values.get(name)?.[0];
  }

  bool(name: string): boolean {
    return this.text(name)?.toLowerCase() === 'true';
  }

  list(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }
}
