import {
  boolOf,
  evaluate,
  type HclFunction,
  type HclScope,
  type HclValue,
  numberOf,
  textOf,
  withNames,
} from '../../../lib/hcl-eval.ts';
import { HclError, type HclExpression } from '../../../lib/hcl-syntax.ts';
import { CliError } from '../errors.ts';
import type { BakeFile, VariableDefinition } from './model.ts';

/** Names and functions of bake files: each variable is worked out when it is first asked for. */
export class BakeScope implements HclScope {
  readonly #values = new Map<string, HclValue>();
  readonly #busy = new Set<string>();

  constructor(
    readonly file: BakeFile,
    readonly env: ReadonlyMap<string, string>,
    readonly functions: Readonly<Record<string, HclFunction>>,
  ) {}

  variable(name: string): HclValue | undefined {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const variable = this.file.variables.get(name);
    const local = this.file.locals.get(name);
    if (!variable && !local)
      return name === 'BAKE_CMD_CONTEXT' ? '.' : name === 'BAKE_LOCAL_PLATFORM' ? 'linux/amd64' : undefined;
    if (this.#busy.has(name)) throw new CliError(`ERROR: variable cycle not allowed for ${name}`);
    this.#busy.add(name);
    const value = variable ? this.#variable(variable) : evaluate(local!, this);
    this.#busy.delete(name);
    this.#values.set(name, value);
    if (variable) this.#validate(variable);
    return value;
  }

  /** The environment's value, as what the default or the type says it is; or the default. */
  #variable({ name, value, type }: VariableDefinition): HclValue {
    const given = this.env.get(name);
    const byDefault = value ? evaluate(value, this) : null;
    if (given === undefined) return byDefault;
    const kind = typeOf(type) ?? (byDefault === null ? 'string' : typeof byDefault);
    if (kind === 'boolean' || kind === 'bool') {
      const found = boolOf(given);
      if (found === undefined) throw new CliError(`ERROR: failed to parse ${name} as bool`);
      return found;
    }
    if (kind === 'number') {
      const found = numberOf(given);
      if (found === undefined) throw new CliError(`ERROR: failed to parse ${name} as number`);
      return found;
    }
    if (kind === 'list' || (kind === 'object' && Array.isArray(byDefault))) return given === '' ? [] : given.split(',');
    return given;
  }

  #validate({ name, validations }: VariableDefinition): void {
    for (const { condition, message } of validations) {
      if (boolOf(evaluate(condition, this)) !== false) continue;
      const text = message ? (textOf(evaluate(message, this)) ?? '') : `This check failed for variable ${name}.`;
      throw new HclError('Validation failed', text, condition.at);
    }
  }

  function(name: string): HclFunction | undefined {
    const own = this.file.functions.get(name);
    if (!own) return Object.hasOwn(this.functions, name) ? this.functions[name] : undefined;
    return (args) => {
      const names = own.variadic === undefined ? own.params : [...own.params, own.variadic];
      const values =
        own.variadic === undefined ? args : [...args.slice(0, own.params.length), args.slice(own.params.length)];
      if (args.length < own.params.length) throw new Error('not enough function arguments');
      return evaluate(own.result, withNames(this, names, values));
    };
  }
}

/** `string`, `number`, `list(string)`: the kind that a variable is declared as. */
const typeOf = (e: HclExpression | undefined): string | undefined =>
  e?.kind === 'variable' ? e.name : e?.kind === 'call' ? (e.name === 'set' ? 'list' : e.name) : undefined;
