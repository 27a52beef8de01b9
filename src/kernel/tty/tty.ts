import { EAGAIN, EIO } from '../../abi/errno.ts';
import { SIGCONT, SIGHUP, SIGWINCH } from '../../abi/signal.ts';
import { defaultTermios, ICANON, type Termios, VMIN, VTIME, type Winsize } from '../../abi/termios.ts';
import { sendSignal, signalGroup } from '../task/signals.ts';
import type { ControllingTty, KernelState, ProcessGroup, Session, Task } from '../task/task.ts';
import { WaitQueue } from '../wait-queue.ts';
import { InputLine } from './input-line.ts';
import { OutputQueue } from './output-queue.ts';

/** Bytes of input that wait to be read, at most; more is not accepted (or, in a line being typed, refused with BEL). */
const INPUT_MAX = 4096;

/** Input that is ready to be read: a line, or in raw mode what came at once. */
interface Ready {
  bytes: Uint8Array;
  /** A line (with its end), as a canonical read gives it. */
  line: boolean;
}

/** A terminal: the slave side of a pty, with its line discipline (termios(3), n_tty). */
export class Tty implements ControllingTty {
  readonly kernel: KernelState;
  readonly dev: number;
  /** `pts/0` */
  readonly name: string;
  termios: Termios = defaultTermios();
  winsize: Winsize = { rows: 0, cols: 0 };
  session: Session | undefined = undefined;
  foreground: ProcessGroup | undefined = undefined;
  /** Open slave files. */
  slaves = 0;
  /** The slave was open once. */
  slaveEver = false;
  /** The master is closed. */
  hungUp = false;
  /** What the slave wrote and the echo, for the master. */
  readonly output: OutputQueue;
  readonly input: InputLine;
  readonly readable = new WaitQueue();
  /** Room for output, or output drained. */
  readonly writable = new WaitQueue();
  /** Woken when there is room for input again; a host that holds the master is called. */
  readonly inputRoom = new WaitQueue();
  onInputRoom: (() => void) | undefined = undefined;
  readonly #ready: Ready[] = [];
  #readyBytes = 0;
  #lastInput = 0;

  constructor(kernel: KernelState, name: string, dev: number) {
    this.kernel = kernel;
    this.name = name;
    this.dev = dev;
    this.output = new OutputQueue(this);
    this.input = new InputLine(this);
  }

  // ---- from the master
  /** Bytes typed. They are processed at once: echo and signals do not wait for anybody. @returns bytes accepted */
  receive(bytes: Uint8Array): number {
    if (this.hungUp) return -EIO;
    let n = 0;
    for (; n < bytes.length; n++) {
      if (!this.#roomFor(bytes[n]!)) break;
      this.input.receive(bytes[n]!);
    }
    this.input.flush();
    this.output.push();
    return n;
  }

  #roomFor(_byte: number): boolean {
    // in canonical mode the line being typed may go on, so that EOF, ERASE and INTR always work
    if ((this.termios.lflag & ICANON) !== 0 && this.#ready.length === 0) return true;
    return this.#readyBytes < INPUT_MAX;
  }

  get inputFull(): boolean {
    return this.#readyBytes >= INPUT_MAX;
  }

  resize(size: Winsize): void {
    if (size.rows === this.winsize.rows && size.cols === this.winsize.cols) return;
    this.winsize = { ...size };
    if (this.foreground) signalGroup(this.foreground, SIGWINCH, 'tty');
  }

  /** The master is gone: reads end, writes fail, the session is told. */
  hangup(): void {
    if (this.hungUp) return;
    this.hungUp = true;
    this.output.clear();
    this.flushInput();
    const leader = this.session?.pid.task?.process;
    const { foreground } = this;
    if (leader) {
      sendSignal(leader, SIGHUP, 'kernel');
      sendSignal(leader, SIGCONT, 'kernel');
    }
    if (foreground && foreground !== leader?.group) {
      signalGroup(foreground, SIGHUP, 'kernel');
      signalGroup(foreground, SIGCONT, 'kernel');
    }
    if (this.session) this.session.tty = undefined;
    this.session = undefined;
    this.foreground = undefined;
    this.readable.wakeAll();
    this.writable.wakeAll();
  }

  /** The leader of the session ended: its foreground group gets SIGHUP and SIGCONT, the terminal is nobody's. */
  disassociate(): void {
    const { foreground, session } = this;
    if (session) session.tty = undefined;
    this.session = undefined;
    this.foreground = undefined;
    if (foreground) {
      signalGroup(foreground, SIGHUP, 'kernel');
      signalGroup(foreground, SIGCONT, 'kernel');
    }
  }

  // ---- for readers
  /** The line discipline has something to read. An empty line is an end of file. */
  addReady(bytes: Uint8Array, line: boolean): void {
    this.#ready.push({ bytes, line });
    this.#readyBytes += bytes.length;
    this.#lastInput = this.kernel.clock.monotonic();
    this.readable.wakeAll();
  }

  get available(): number {
    return this.#readyBytes;
  }

  get hasInput(): boolean {
    if (this.#ready.length === 0) return false;
    if ((this.termios.lflag & ICANON) !== 0) return true;
    const min = this.termios.cc[VTIME] === 0 ? Math.max(1, this.termios.cc[VMIN]!) : 1;
    return this.#readyBytes >= min;
  }

  /** read(2) of the slave, once job control agrees. */
  read(task: Task, buf: Uint8Array, nonblock: boolean): number {
    const n = (this.termios.lflag & ICANON) !== 0 ? this.#readLine(buf) : this.#readRaw(task, buf, nonblock);
    if (n >= 0) {
      if (!this.inputFull) this.#roomAgain();
      return n;
    }
    if (n !== WAIT) return n;
    if (this.hungUp) return 0;
    return nonblock ? -EAGAIN : task.block(this.readable);
  }

  #readLine(buf: Uint8Array): number {
    const first = this.#ready[0];
    if (first === undefined) return WAIT;
    return this.#take(first, buf);
  }

  #take(first: Ready, buf: Uint8Array): number {
    const n = Math.min(buf.length, first.bytes.length);
    buf.set(n === first.bytes.length ? first.bytes : first.bytes.subarray(0, n));
    this.#readyBytes -= n;
    if (n === first.bytes.length) this.#ready.shift();
    else first.bytes = first.bytes.subarray(n);
    return n;
  }

  /** Non-canonical reads (termios(3), cases A to D of MIN and TIME). */
  #readRaw(task: Task, buf: Uint8Array, nonblock: boolean): number {
    const min = this.termios.cc[VMIN]!;
    const time = this.termios.cc[VTIME]! * 100;
    const wanted = Math.min(min, buf.length);
    let enough = this.#readyBytes >= Math.max(1, wanted);
    if (!enough && this.#ready.length > 0 && (nonblock || min === 0)) enough = true;
    if (!enough && time > 0 && !this.hungUp && !nonblock) {
      if (min > 0 && this.#readyBytes > 0) {
        const gap = this.#lastInput + time - this.kernel.clock.monotonic();
        task.stopTimer();
        enough = task.expires(gap, 'tty');
      } else if (min === 0 && task.expires(time, 'tty')) return 0;
    }
    if (!enough && min === 0 && time === 0) return 0;
    if (!enough && !(this.hungUp && this.#ready.length > 0)) return WAIT;
    let n = 0;
    while (n < buf.length) {
      const first = this.#ready[0];
      if (first === undefined) break;
      n += this.#take(first, n === 0 ? buf : buf.subarray(n));
    }
    return n;
  }

  /** Drops what was typed and not read. */
  flushInput(): void {
    this.#ready.length = 0;
    this.#readyBytes = 0;
    this.input.clear();
    this.#roomAgain();
  }

  #roomAgain(): void {
    this.inputRoom.wakeAll();
    this.onInputRoom?.();
  }
}

const WAIT = -100000;
