import { CLOCK_MONOTONIC, CLOCK_REALTIME } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import type { Command } from '../parse/ast.ts';
import { headText } from '../parse/unparse.ts';
import type { SetOptions } from './options.ts';
import { DYNAMIC, IndexedArray } from './variable.ts';
import type { Variables } from './variables.ts';

/** A function call or sourced file that runs: what FUNCNAME, BASH_SOURCE and BASH_LINENO show. */
export interface CallFrame {
  name: string;
  source: string;
  /** Line of the call. */
  callLine: number;
  args: readonly string[];
}

/** What the variables are worked out from. */
export interface DynamicHost {
  readonly sys: Sys;
  readonly bash: boolean;
  readonly ash: boolean;
  readonly vars: Variables;
  readonly line: number;
  readonly subshellLevel: number;
  readonly options: SetOptions;
  readonly shopts: Readonly<Record<string, boolean>>;
  readonly status: number;
  readonly pipeStatus: number[] | undefined;
  readonly cwd: string;
  readonly dirStack: string[];
  readonly calls: CallFrame[];
  readonly commandString: boolean;
  readonly readsStdin: boolean;
  readonly command: Command | undefined;
  historyNumber(): number;
  name: string;
  lastArgument: string;
  startTime: number;
  evaluate(text: string): number | bigint;
}

/** Variables whose values are worked out when they are read: RANDOM, LINENO, PIPESTATUS and their like. */
export class DynamicVariables {
  readonly #host: DynamicHost;
  #secondsBase = 0;
  #random = 0;

  constructor(host: DynamicHost, from?: DynamicVariables) {
    this.#host = host;
    if (from) this.#secondsBase = from.#secondsBase;
  }

  /** The value now. */
  value(name: string): string | undefined {
    switch (name) {
      case 'FUNCNAME':
        return this.#host.calls.findLast((call) => call.name !== 'source')?.name;
      case 'RANDOM':
        return String(this.#nextRandom());
      case 'SRANDOM': {
        const b = new Uint8Array(4);
        this.#host.sys.getrandom(b);
        return String(((b[0]! << 24) | (b[1]! << 16) | (b[2]! << 8) | b[3]!) >>> 0);
      }
      case 'LINENO':
        // ash counts the lines of -c from 0
        return String(this.#host.ash && this.#host.commandString ? Math.max(0, this.#host.line - 1) : this.#host.line);
      case 'SECONDS':
        return String(
          this.#secondsBase + Math.floor((this.#host.sys.now(CLOCK_MONOTONIC) - this.#host.startTime) / 1000),
        );
      case 'EPOCHSECONDS':
        return String(Math.floor(this.#host.sys.now(CLOCK_REALTIME) / 1000));
      case 'EPOCHREALTIME':
        return (this.#host.sys.now(CLOCK_REALTIME) / 1000).toFixed(6);
      case 'BASHPID':
        return String(this.#host.sys.getpid());
      case 'BASH_SUBSHELL':
        return String(this.#host.subshellLevel);
      case 'BASH_COMMAND':
        return this.#host.command ? headText(this.#host.command) : '';
      case 'BASH_ARGV0':
        return this.#host.name;
      case 'SHELLOPTS':
        return Object.keys(this.#host.options)
          .filter((o) => (this.#host.options as unknown as Record<string, boolean>)[o])
          .sort()
          .join(':');
      case 'BASHOPTS':
        return Object.keys(this.#host.shopts)
          .filter((o) => this.#host.shopts[o])
          .sort()
          .join(':');
      case 'HISTCMD':
        return String(this.#host.historyNumber());
      case '_':
        return this.#host.lastArgument;
      default:
        return undefined;
    }
  }

  #nextRandom(): number {
    const { sys } = this.#host;
    if (this.#random === 0) {
      const b = new Uint8Array(4);
      sys.getrandom(b);
      this.#random = ((b[0]! << 24) | (b[1]! << 16) | (b[2]! << 8) | b[3]!) >>> 0 || 1;
    }
    // bash's generator: a minimal standard one, folded to 15 bits
    const h = Math.floor(this.#random / 127773);
    const l = this.#random - h * 127773;
    let next = 16807 * l - 2836 * h;
    if (next < 0) next += 0x7fffffff;
    this.#random = next || 1;
    return ((next >>> 16) ^ (next & 0xffff)) & 0x7fff;
  }

  assign(name: string, value: string): void {
    if (name === 'LINENO' && !this.#host.bash) {
      this.#host.vars.attributes(name, 0, DYNAMIC).value = value;
      return;
    }
    if (name === 'RANDOM') this.#random = Number(this.#host.evaluate(value)) >>> 0 || 1;
    else if (name === 'SECONDS') {
      this.#secondsBase = Number(this.#host.evaluate(value));
      this.#host.startTime = this.#host.sys.now(CLOCK_MONOTONIC);
    } else if (name === 'BASH_ARGV0') this.#host.name = value;
    else if (name === '_') this.#host.lastArgument = value;
  }

  /** The elements now; undefined where it is no array. */
  array(name: string): IndexedArray | undefined {
    switch (name) {
      case 'PIPESTATUS':
        return IndexedArray.of((this.#host.pipeStatus ?? [this.#host.status]).map(String));
      case 'FUNCNAME':
        if (!this.#host.bash) return undefined;
        // unset outside functions, be it in a file that is sourced
        if (!this.#host.calls.some((f) => f.name !== 'source')) return IndexedArray.of([]);
        return IndexedArray.of(this.#frames().map((f) => f.name));
      case 'BASH_SOURCE':
        return IndexedArray.of(this.#frames().map((f) => f.source));
      case 'BASH_ARGC':
        return this.#traced((f) => [String(f.args.length)]);
      case 'BASH_ARGV':
        return this.#traced((f) => [...f.args].reverse());
      case 'BASH_LINENO':
        return IndexedArray.of(this.#frames().map((f) => String(f.callLine)));
      case 'DIRSTACK':
        return IndexedArray.of([this.#host.cwd, ...this.#host.dirStack]);
      case 'GROUPS':
        return IndexedArray.of(this.#host.sys.credentials().groups.map(String));
      default:
        return undefined;
    }
  }

  /** What `shopt -s extdebug` shows of the calls. */
  #traced(of: (frame: CallFrame) => string[]): IndexedArray {
    if (!this.#host.shopts.extdebug) return IndexedArray.of([]);
    const main = { name: 'main', source: '', callLine: 0, args: [] };
    return IndexedArray.of([...[...this.#host.calls].reverse(), main].flatMap(of));
  }

  #frames(): CallFrame[] {
    const frames = [...this.#host.calls].reverse();
    if (this.#host.commandString || this.#host.readsStdin) return frames;
    return [...frames, { name: 'main', source: this.#host.name, callLine: 0, args: [] }];
  }
}
