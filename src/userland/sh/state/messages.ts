import type { Sys } from '../../../abi/sys.ts';
import { strerror } from '../../../libc/strerror.ts';
import type { Personality } from '../parse/personality.ts';
import type { CallFrame } from './dynamic-variables.ts';
import type { WriteQueue } from './queue.ts';

/** What a shell says on standard error, worded as its personality does. */
export abstract class Messages {
  abstract sys: Sys;
  abstract readonly personality: Personality;
  abstract readonly bash: boolean;
  abstract readonly queue: WriteQueue;
  abstract name: string;
  abstract line: number;
  abstract running: string;
  abstract calls: CallFrame[];
  abstract interactive: boolean;
  abstract ofInteractive: boolean;
  abstract started: boolean;
  abstract commandString: boolean;
  abstract readsStdin: boolean;

  /** What begins each message: the shell's name and the line. */
  prefix(line = this.line): string {
    if (this.personality === 'bash') {
      const name = this.messageName;
      return this.ofInteractive || !this.started ? `${name}: ` : `${name}: line ${line}: `;
    }
    const running = this.running === '' ? '' : `${this.running}: `;
    if (this.personality === 'dash') return `${this.name}: ${line}: ${running}`;
    if (running !== '' && !SHOWN.has(this.running) && !this.running.includes('/')) return `${this.name}: `;
    const shown = running !== '' || !(this.commandString || this.readsStdin || this.interactive);
    return `${this.name}: ${running}${shown ? this.ashLine(line) : ''}`;
  }

  ashLine(line: number): string {
    if (this.interactive) return '';
    return `line ${this.commandString ? Math.max(0, line - 1) : line}: `;
  }

  /** bash puts the file that is read in front, other shells their `$0`. */
  get messageName(): string {
    const source = this.ofInteractive ? '' : this.calls.at(-1)?.source;
    return source || this.name;
  }

  /** Prints a message of the shell. */
  error(message: string): void {
    this.queue.put(2, `${this.prefix()}${message}\n`);
  }

  /** A message about a system call that failed: bash shows no line in it. */
  systemError(message: string): void {
    this.queue.put(2, `${this.bash ? `${this.messageName}: ` : this.prefix()}${message}\n`);
  }

  /** A message of one of busybox's applets that is a built-in as well: it bears the name by which busybox was called. */
  appletError(message: string): void {
    const argv0 = this.sys.argv[0] ?? this.name;
    this.queue.put(2, `${argv0.slice(argv0.lastIndexOf('/') + 1).replace(/^-/, '')}: ${message}\n`);
  }

  /** Prints a message of a built-in, with its name where the personality says so. */
  builtinError(message: string, name = this.running): void {
    if (this.personality === 'ash') {
      this.queue.put(2, `${this.name}: ${name}: ${this.ashLine(this.line)}${message}\n`);
    } else if (this.personality === 'dash') this.queue.put(2, `${this.name}: ${this.line}: ${name}: ${message}\n`);
    else this.queue.put(2, `${this.prefix()}${name}: ${message}\n`);
  }

  strerror(errno: number): string {
    return strerror(Math.abs(errno), this.sys.image.flavour);
  }

  print(text: string): void {
    this.queue.put(1, text);
  }
}

/** Built-ins that read commands: they stand in the messages of what they run. */
const SHOWN: ReadonlySet<string> = new Set(['eval', 'trap']);
