/** What a key sequence does where it is not what the editor does by itself. */
export type Binding = { does: 'function'; name: string } | { does: 'macro' | 'command'; text: string };

/** Variables of readline that the editor heeds, as they are at first. */
const VARIABLES: Readonly<Record<string, string>> = {
  'bell-style': 'audible',
  'comment-begin': '#',
  'completion-ignore-case': 'off',
  'completion-query-items': '100',
  'editing-mode': 'emacs',
  'enable-bracketed-paste': 'on',
  'mark-directories': 'on',
  'show-all-if-ambiguous': 'off',
  'show-all-if-unmodified': 'off',
};

/** What `bind` and inputrc have changed. */
export class Bindings {
  /** By the names of the keys. */
  readonly keys = new Map<string, Binding>();
  readonly #variables = new Map(Object.entries(VARIABLES));

  /** True where the keys so far begin a longer sequence that is bound. */
  begins(names: string): boolean {
    for (const key of this.keys.keys()) if (key.startsWith(`${names} `)) return true;
    return false;
  }

  variables(): [string, string][] {
    return [...this.#variables].sort((a, b) => (a[0] < b[0] ? -1 : 1));
  }

  variable(name: string): string {
    return this.#variables.get(name) ?? '';
  }

  isOn(name: string): boolean {
    return this.variable(name) === 'on';
  }

  /** @returns false where there is no such variable */
  setVariable(name: string, value: string): boolean {
    const known = this.#variables.get(name);
    if (known === undefined) return false;
    const truth = /^(on|1)$/i.test(value) || value === '' ? 'on' : 'off';
    this.#variables.set(name, known === 'on' || known === 'off' ? truth : value);
    return true;
  }
}
