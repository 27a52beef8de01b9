import { asciiLower, asciiUpper } from '../expand/transform.ts';
import { AssocArray } from './assoc.ts';
import { CowMap } from './cow-map.ts';
import {
  CAPITALIZE,
  DYNAMIC,
  EXPORT,
  INTEGER,
  IndexedArray,
  LOCAL,
  LOWER,
  NAMEREF,
  READONLY,
  UPPER,
  Variable,
  WATCHED,
} from './variable.ts';

/** Values up to this many characters are not counted as memory of their own. */
const LARGE = 65536;

/** Elements are charged when they came to so many bytes more. */
const WEIGHED = 16384;
/** Variables are, when they became so many more. */
const MANY = 256;
/** Bytes that a variable takes, about. */
const VARIABLE = 256;

/** What the store asks of the shell. */
export interface VariableHost {
  /** The value of a DYNAMIC variable. */
  dynamic(name: string): string | undefined;
  dynamicArray(name: string): IndexedArray | undefined;
  assignDynamic(name: string, value: string): void;
  /** After a WATCHED variable was set or unset. */
  watched(name: string, value: string | undefined): void;
  /** Evaluates for an integer variable. */
  integer(text: string): string;
  /** A long value takes so many bytes more (or fewer) than the one before it. */
  holds(bytes: number): void;
  /** Says that `name` is readonly and gives the command up. */
  readonlyError(name: string): never;
  /** unset of an outer function's variable shows the one that it hid (bash). */
  readonly bash: boolean;
  /** A character is a byte. */
  readonly bytes: boolean;
  /** The value of `name[index]`, to which a nameref points. */
  element(name: string, index: string): string | undefined;
  /** Says that namerefs go in a circle and gives the command up. */
  namerefError(name: string): never;
}

interface Frame {
  /** What the scope's variables hid; made when the first is declared. */
  saved: Map<string, Variable | undefined> | undefined;
  /** 'function': where `local` declares. */
  kind: 'function' | 'temporary';
  /** Options and arguments that `local -` keeps. */
  restore?: () => void;
}

export const isName = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text);

/**
 * The variables of a shell. Scopes are dynamic: a local variable stands in the place of the outer one, which its frame
 * keeps until the function returns. A fork shares the Variable objects; whoever changes one first copies it.
 */
export class Variables {
  #map: CowMap<string, Variable>;
  #frames: Frame[] = [];
  #owner: object = {};
  #environment: string[] | undefined;
  /** How many variables have been charged. */
  #most = MANY;

  constructor(
    readonly host: VariableHost,
    from?: Variables,
  ) {
    this.#map = new CowMap(from ? from.#map : undefined);
    if (!from) return;
    for (const frame of from.#frames) this.#frames.push({ ...frame, saved: frame.saved && new Map(frame.saved) });
    this.#environment = from.#environment;
    // what both have now is copied by whoever writes it first
    from.#owner = {};
  }

  /** Nothing is set here any more. */
  release(): void {
    this.#map.release();
  }

  /** The variable itself, namerefs followed. */
  find(name: string): Variable | undefined {
    const variable = this.#map.get(name);
    if (variable === undefined || (variable.flags & NAMEREF) === 0) return variable;
    const target = this.target(name);
    return target === undefined ? undefined : this.#map.get(target);
  }

  /** The variable of exactly that name, be it a nameref. */
  own(name: string): Variable | undefined {
    return this.#map.get(name);
  }

  /** Follows namerefs from `name`. @returns the last name (which may have a subscript), undefined in a circle */
  target(name: string): string | undefined {
    let at = name;
    for (let hops = 0; hops < 20; hops++) {
      const variable = this.#map.get(at);
      if (variable === undefined || (variable.flags & NAMEREF) === 0 || !variable.value) return at;
      if (variable.value === at) return at;
      at = variable.value;
    }
    return undefined;
  }

  /** Many variables count as memory as well. */
  #grown(): void {
    this.host.holds((this.#map.size - this.#most) * VARIABLE);
    this.#most = this.#map.size;
  }

  /** Charges what the elements of an array grew by since it was last asked. */
  weigh(variable: Variable): void {
    const weight = variable.array?.weight ?? variable.assoc?.weight ?? 0;
    const more = weight - variable.charged;
    if (more < WEIGHED && more > -WEIGHED) return;
    variable.charged = weight;
    this.host.holds(more);
  }

  /** The variable is gone: what was charged for it is given back. */
  #given(variable: Variable): void {
    if (variable.charged === 0 || variable.owner !== this.#owner) return;
    this.host.holds(-variable.charged);
    variable.charged = 0;
  }

  /** The value; of an array its element 0. */
  get(name: string): string | undefined {
    const variable = this.#map.get(name);
    if (variable === undefined) return undefined;
    if (variable.flags & (NAMEREF | DYNAMIC)) return this.#special(name, variable);
    if (variable.array !== undefined) return variable.array.get(0);
    if (variable.assoc !== undefined) return variable.assoc.get('0');
    return variable.value;
  }

  #special(name: string, variable: Variable): string | undefined {
    if (variable.flags & DYNAMIC) {
      const array = this.host.dynamicArray(name);
      return array ? array.get(0) : this.host.dynamic(name);
    }
    const target = this.target(name);
    if (target === undefined || target === name) return variable.value === undefined ? undefined : '';
    const element = /^(\w+)\[(.*)\]$/s.exec(target);
    if (element && element[2] !== '@' && element[2] !== '*') return this.host.element(element[1]!, element[2]!);
    return this.get(target);
  }

  #writable(name: string): Variable {
    let variable = this.#map.get(name);
    if (variable === undefined) {
      variable = new Variable(this.#owner, undefined);
      this.#map.set(name, variable);
      if (this.#map.size >= this.#most + MANY) this.#grown();
    } else if (variable.owner !== this.#owner) {
      variable = variable.clone(this.#owner);
      this.#map.set(name, variable);
    }
    return variable;
  }

  /** Sets a plain value (of an array its element 0). Refuses readonly variables. */
  set(name: string, value: string): void {
    const variable = this.#map.get(name);
    if (
      variable !== undefined &&
      (variable.flags & ~LOCAL) === 0 &&
      variable.array === undefined &&
      variable.assoc === undefined
    ) {
      const before = variable.value?.length ?? 0;
      if (value.length + before > LARGE) this.host.holds(value.length - before);
      if (variable.owner === this.#owner) variable.value = value;
      else this.#writable(name).value = value;
      return;
    }
    this.#setSlow(name, variable, value);
  }

  #setSlow(name: string, found: Variable | undefined, value: string): void {
    if (found !== undefined && found.flags & NAMEREF) {
      const target = this.target(name);
      if (target === undefined) this.host.namerefError(name);
      else if (target !== name) {
        this.set(target, value);
        return;
      }
    }
    if (found !== undefined && found.flags & READONLY) this.host.readonlyError(name);
    if (found !== undefined && found.flags & DYNAMIC) {
      this.host.assignDynamic(name, value);
      return;
    }
    const variable = this.#writable(name);
    const text = this.#converted(variable, value);
    if (variable.array) variable.array.set(0, text);
    else if (variable.assoc) variable.assoc.set('0', text);
    else variable.value = text;
    this.#changed(name, variable);
  }

  #converted(variable: Variable, value: string): string {
    const { flags } = variable;
    if (flags & INTEGER) return this.host.integer(value);
    if (flags & LOWER) return this.host.bytes ? asciiLower(value) : value.toLowerCase();
    if (flags & UPPER) return this.host.bytes ? asciiUpper(value) : value.toUpperCase();
    if (flags & CAPITALIZE) return value.slice(0, 1).toUpperCase() + value.slice(1).toLowerCase();
    return value;
  }

  /** The value as it would be stored (case and integer attributes). */
  convert(name: string, value: string): string {
    const variable = this.find(name);
    return variable === undefined ? value : this.#converted(variable, value);
  }

  #changed(name: string, variable: Variable): void {
    if (variable.flags & EXPORT) this.#environment = undefined;
    if (variable.flags & WATCHED) this.host.watched(name, variable.value);
    if (variable.array !== undefined || variable.assoc !== undefined) this.weigh(variable);
  }

  #resolve(name: string): string {
    return this.target(name) ?? name;
  }

  /** Sets `name[index]`; makes an array of what is none. */
  setElement(name: string, index: number, value: string): void {
    const at = this.#resolve(name);
    this.#refuseReadonly(at);
    const variable = this.#writable(at);
    if (variable.array === undefined) {
      variable.array = new IndexedArray();
      if (variable.value !== undefined) variable.array.set(0, variable.value);
      variable.value = undefined;
    }
    variable.array.set(index, this.#converted(variable, value));
    this.#changed(at, variable);
  }

  setKey(name: string, key: string, value: string): void {
    const at = this.#resolve(name);
    this.#refuseReadonly(at);
    const variable = this.#writable(at);
    variable.assoc ??= new AssocArray();
    variable.assoc.set(key, this.#converted(variable, value));
    this.#changed(at, variable);
  }

  /** The array of a variable, for changing it; a plain value becomes its element 0. */
  arrayOf(name: string): IndexedArray {
    const at = this.#resolve(name);
    this.#refuseReadonly(at);
    const variable = this.#writable(at);
    if (variable.array === undefined) {
      variable.array = new IndexedArray();
      if (variable.value !== undefined) variable.array.set(0, variable.value);
      variable.value = undefined;
    }
    variable.assigned = true;
    return variable.array;
  }

  /** Replaces the whole variable by an array. */
  setArray(name: string, array: IndexedArray): void {
    const at = this.#resolve(name);
    this.#refuseReadonly(at);
    const variable = this.#writable(at);
    variable.array = array;
    variable.assigned = true;
    variable.assoc = undefined;
    variable.value = undefined;
    if (variable.flags & (INTEGER | LOWER | UPPER | CAPITALIZE))
      for (const [index, value] of array.entries()) array.set(index, this.#converted(variable, value));
    this.#changed(at, variable);
  }

  setAssoc(name: string, assoc: AssocArray): void {
    const at = this.#resolve(name);
    this.#refuseReadonly(at);
    const variable = this.#writable(at);
    variable.assoc = assoc;
    variable.assigned = true;
    variable.array = undefined;
    variable.value = undefined;
    for (const [key, value] of assoc) assoc.set(key, this.#converted(variable, value));
    this.#changed(at, variable);
  }

  #refuseReadonly(name: string): void {
    const variable = this.#map.get(name);
    if (variable !== undefined && variable.flags & READONLY) this.host.readonlyError(name);
  }

  /** Sets and clears attributes; the variable is made if need be. Namerefs are not followed. */
  attributes(name: string, set: number, clear = 0): Variable {
    const variable = this.#writable(name);
    if ((set | clear) & EXPORT || variable.flags & EXPORT) this.#environment = undefined;
    variable.flags = (variable.flags & ~clear) | set;
    return variable;
  }

  /** The variable for a change that the caller makes itself. */
  edit(name: string): Variable {
    this.#environment = undefined;
    return this.#writable(name);
  }

  /** @returns false where it is readonly */
  unset(name: string): boolean {
    const variable = this.#map.get(name);
    if (variable === undefined) return true;
    if (variable.flags & READONLY) return false;
    this.#given(variable);
    if (variable.flags & EXPORT) this.#environment = undefined;
    const top = this.#functionFrame();
    if (!this.host.bash) this.#map.delete(name);
    else if (top?.saved?.has(name)) {
      // a local of the running function stays a local, unset
      const unset = new Variable(this.#owner, undefined);
      unset.flags = LOCAL | (variable.flags & WATCHED);
      this.#map.set(name, unset);
    } else {
      const holder = this.#frames.findLast((frame) => frame.saved?.has(name));
      const outer = holder?.saved?.get(name);
      if (holder && outer) {
        this.#map.set(name, outer);
        holder.saved?.delete(name);
      } else this.#map.delete(name);
    }
    if (variable.flags & WATCHED) {
      // whoever sets it again is watched again
      if (!this.#map.has(name)) this.#writable(name).flags = WATCHED;
      this.host.watched(name, this.#map.get(name)?.value);
    }
    return true;
  }

  #functionFrame(): Frame | undefined {
    return this.#frames.findLast((frame) => frame.kind === 'function');
  }

  get inFunction(): boolean {
    return this.#functionFrame() !== undefined;
  }

  pushFrame(kind: Frame['kind']): void {
    this.#frames.push({ saved: undefined, kind });
  }

  /** Ends the innermost scope: what it hid is there again. */
  popFrame(): void {
    const frame = this.#frames.pop();
    if (frame === undefined) return;
    if (frame.saved !== undefined) this.#restore(frame.saved);
    frame.restore?.();
  }

  #restore(saved: Map<string, Variable | undefined>): void {
    for (const [name, variable] of saved) {
      const now = this.#map.get(name);
      if ((now && now.flags & EXPORT) || (variable && variable.flags & EXPORT)) this.#environment = undefined;
      if (now) this.#given(now);
      if (variable === undefined) this.#map.delete(name);
      else this.#map.set(name, variable);
      const watched = ((now?.flags ?? 0) | (variable?.flags ?? 0)) & WATCHED;
      if (watched) this.host.watched(name, variable?.value);
    }
  }

  /** What runs when the running function returns (`local -`). */
  onReturn(restore: () => void): void {
    const frame = this.#functionFrame();
    if (frame) frame.restore = restore;
  }

  /** True where `name` is a local variable of the running function. */
  isLocal(name: string): boolean {
    return this.#functionFrame()?.saved?.has(name) === true;
  }

  /** Makes `name` local to the innermost frame of `kind`. @returns the new variable; it has no value unless `inherit` */
  declareLocal(name: string, kind: Frame['kind'] = 'function', inherit = false): Variable {
    const frame = kind === 'function' ? this.#functionFrame()! : this.#frames.at(-1)!;
    const outer = this.#map.get(name);
    frame.saved ??= new Map();
    if (frame.saved.has(name)) return this.#writable(name);
    frame.saved.set(name, outer);
    let variable: Variable;
    if (outer && inherit) variable = outer.clone(this.#owner);
    else {
      variable = new Variable(this.#owner, undefined);
      // a value that was given for this call alone is the local's
      const temporary = this.#frames.at(-2);
      if (kind === 'function' && temporary?.kind === 'temporary' && temporary.saved?.has(name) && outer) {
        variable = outer.clone(this.#owner);
      }
      if (outer) variable.flags |= outer.flags & WATCHED;
    }
    if (kind === 'function') variable.flags |= LOCAL;
    if (outer && outer.flags & EXPORT) this.#environment = undefined;
    this.#map.set(name, variable);
    if (variable.flags & WATCHED) this.host.watched(name, variable.value);
    return variable;
  }

  /** Puts the global instance of `name` in place (declare -g). @returns what puts the local one back */
  exposeGlobal(name: string): () => void {
    const frame = this.#frames.find((f) => f.saved?.has(name));
    if (frame === undefined) return () => {};
    const local = this.#map.get(name);
    const saved = frame.saved!;
    const global = saved.get(name);
    if (global) this.#map.set(name, global);
    else this.#map.delete(name);
    return () => {
      saved.set(name, this.#map.get(name));
      if (local) this.#map.set(name, local);
      else this.#map.delete(name);
    };
  }

  names(): string[] {
    return [...this.#map.keys()].sort();
  }

  /** Names whose variables have a value or attributes, with their variables, sorted. */
  entries(): [string, Variable][] {
    return [...this.#map].sort((a, b) => (a[0] < b[0] ? -1 : 1));
  }

  localNames(): string[] {
    return [...(this.#functionFrame()?.saved?.keys() ?? [])].sort();
  }

  /** `NAME=value` of all exported variables. */
  environment(): readonly string[] {
    if (this.#environment !== undefined) return this.#environment;
    const out: string[] = [];
    let changing = false;
    for (const [name, variable] of this.#map)
      if (variable.flags & EXPORT) {
        const value = variable.flags & DYNAMIC ? this.get(name) : variable.value;
        if (value !== undefined) out.push(`${name}=${value}`);
        if (variable.flags & DYNAMIC) changing = true;
      }
    if (!changing) this.#environment = out;
    return out;
  }
}
