import { BLOCKED, EINTR } from '../../../abi/errno.ts';
import { O_CLOEXEC } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import { shellStatus, WaitResult } from '../../../abi/wait.ts';
import { decode, incompleteTail } from '../../../lib/utf8.ts';
import { joinBytes, readAll, type Wait, waitpid } from '../../../libc/io.ts';
import type { CommandPart, Coprocess, List, Part } from '../parse/ast.ts';
import { commandText } from '../parse/unparse.ts';
import { IndexedArray } from '../state/variable.ts';
import { Processes } from './processes.ts';
import { PRIVATE_FD } from './redirect.ts';

/** Bytes of an output that is read without a buffer of its own. */
const SHORT = 4096;
/** Bytes that are decoded in one go, and the steps that it counts for. */
const LONG = 1 << 18;
const MANY = 128;

/** Command and process substitution, coprocesses. */
export abstract class Substitutions extends Processes {
  /** Parses the text of backquotes. */
  abstract parseSubstitution(part: CommandPart): List | undefined;
  /** Descriptors and children of process substitutions that the command that runs has. */
  #substitutes: { fd: number; pid: number }[] = [];

  *command(part: CommandPart): Wait<string> {
    const { shell } = this;
    const { sys } = shell;
    const body = part.body ?? this.parseSubstitution(part);
    if (body === undefined) {
      shell.substitutionStatus = shell.bash ? 1 : 2;
      return '';
    }
    if (body.items.length === 0) {
      shell.substitutionStatus = 0;
      return '';
    }
    yield* shell.queue.flush();
    const ends = [0, 0];
    const made = sys.pipe2(ends, O_CLOEXEC);
    if (made < 0) {
      shell.error(`cannot make pipe for command substitution: ${shell.strerror(made)}`);
      return '';
    }
    const file = shell.bash ? readsFile(body) : undefined;
    const pid = yield* this.forkChild(
      (child) => {
        child.tail = true;
        child.shell.traceDepth++;
        child.shell.loopDepth = shell.loopDepth;
        child.shell.lenient = 0;
        const { bash, personality, shopts, options } = child.shell;
        if (personality === 'ash' || (bash && !shopts.inherit_errexit && !options.posix))
          child.shell.options.errexit = false;
        else child.shell.lenient = this.shell.lenient;
        return file ? child.copyFile(body) : child.runList(body);
      },
      (child) => {
        child.dup2(ends[1]!, 1);
        child.close(ends[1]!);
        child.close(ends[0]!);
      },
    );
    sys.close(ends[1]!);
    const bytes = yield* this.#readOutput(ends[0]!);
    sys.close(ends[0]!);
    const out = new WaitResult();
    while ((yield* waitpid(sys, pid, 0, out)) === -EINTR);
    shell.substitutionStatus = shellStatus(out.status);
    // what stands behind it in the same command sees its status
    if (shell.bash) {
      shell.pipeStatus ??= [shell.status];
      shell.status = shell.substitutionStatus;
    }
    yield* this.heedInterrupt();
    const text = bytes.length <= LONG ? decode(bytes) : yield* decodeLong(sys, bytes);
    return this.#text(text, part.line);
  }

  /** Takes the output of one substitution after the other; most are short. */
  #buffer: Uint8Array | undefined;

  /** All that comes from `fd`, valid until the next call. */
  *#readOutput(fd: number): Wait<Uint8Array> {
    const { sys } = this;
    const buffer = this.#buffer ?? new Uint8Array(SHORT);
    // a trap that runs meanwhile has substitutions of its own
    this.#buffer = undefined;
    let length = 0;
    while (length < SHORT) {
      const n = sys.read(fd, length === 0 ? buffer : buffer.subarray(length));
      if (n === BLOCKED) yield;
      else if (n > 0) length += n;
      else if (n !== -EINTR) break;
    }
    this.#buffer = buffer;
    return length < SHORT ? buffer.subarray(0, length) : yield* this.#readLong(fd, buffer);
  }

  *#readLong(fd: number, first: Uint8Array): Wait<Uint8Array> {
    for (;;) {
      const rest = yield* readAll(this.sys, fd);
      if (typeof rest !== 'number') return joinBytes([first, rest]);
      if (rest !== -EINTR) return first;
    }
  }

  /** Output of a substitution as text: no NUL bytes, no newlines at its end. */
  #text(output: string, line: number): string {
    let text = output;
    if (text.includes('\0')) {
      text = text.replaceAll('\0', '');
      if (this.shell.bash)
        this.shell.queue.put(
          2,
          `${this.shell.prefix(line)}warning: command substitution: ignored null byte in input\n`,
        );
    }
    let end = text.length;
    while (end > 0 && text.charCodeAt(end - 1) === 10) end--;
    return end === text.length ? text : text.slice(0, end);
  }

  /** `$(<file)`: the child copies the file itself. */
  abstract copyFile(body: List): Wait<number>;

  *process(part: Extract<Part, { k: 'process' }>): Wait<string> {
    const { shell } = this;
    const { sys } = shell;
    yield* shell.queue.flush();
    const ends = [0, 0];
    if (sys.pipe2(ends, O_CLOEXEC) < 0) return '';
    const reads = part.direction === '<';
    const pid = yield* this.forkChild(
      (child) => {
        child.tail = true;
        return child.runList(part.body);
      },
      (child) => {
        child.dup2(ends[reads ? 1 : 0]!, reads ? 1 : 0);
        child.close(ends[0]!);
        child.close(ends[1]!);
      },
    );
    sys.close(ends[reads ? 1 : 0]!);
    const mine = ends[reads ? 0 : 1]!;
    // it keeps its place in the program that gets the name; shells take high numbers, bash from 63 down, ash from 64 up
    let fd = mine;
    const step = shell.bash ? -1 : 1;
    for (let want = shell.bash ? 63 : 64; want > PRIVATE_FD && want < 1024; want += step) {
      if (sys.fcntl(want, 1) >= 0) continue;
      fd = sys.dup2(mine, want);
      break;
    }
    if (fd !== mine) sys.close(mine);
    this.#substitutes.push({ fd, pid });
    shell.lastBackground = pid;
    return `/dev/fd/${fd}`;
  }

  /** How many process substitutions there are: for `closeSubstitutes`. */
  get substitutes(): number {
    return this.#substitutes.length;
  }

  /** Gives up the process substitutions that were made since there were `from`. */
  closeSubstitutes(from: number): void {
    for (const { fd } of this.#substitutes.splice(from)) this.sys.close(fd);
  }

  *coprocess(node: Coprocess): Wait<number> {
    const { shell, jobs } = this;
    const { sys } = shell;
    yield* shell.queue.flush();
    const input = [0, 0];
    const output = [0, 0];
    if (sys.pipe2(input, O_CLOEXEC) < 0 || sys.pipe2(output, O_CLOEXEC) < 0) return 1;
    const pid = yield* this.forkChild(
      (child) => {
        child.tail = true;
        return child.run(node.body);
      },
      (child) => {
        child.dup2(input[0]!, 0);
        child.dup2(output[1]!, 1);
        for (const fd of [...input, ...output]) child.close(fd);
      },
    );
    sys.close(input[0]!);
    sys.close(output[1]!);
    const read = sys.fcntl(output[0]!, 1030, 60);
    const write = sys.fcntl(input[1]!, 1030, 60);
    sys.close(output[0]!);
    sys.close(input[1]!);
    shell.vars.setArray(node.name, IndexedArray.of([String(read), String(write)]));
    shell.vars.set(`${node.name}_PID`, String(pid));
    shell.lastBackground = pid;
    const job = jobs.add([{ pid, text: '' }], () => commandText(node), true);
    if (shell.interactive) shell.queue.put(2, `[${job.id}] ${pid}\n`);
    return (shell.status = 0);
  }
}

/** Decodes a part at a time: the process can be interrupted in between. */
function* decodeLong(sys: Sys, bytes: Uint8Array): Wait<string> {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + LONG);
    const whole = end < bytes.length ? end - incompleteTail(bytes, end) : end;
    text += decode(bytes, at, whole);
    at = whole;
    if (sys.tick(MANY)) yield;
  }
  return text;
}

/** `< file` and nothing else. */
function readsFile(body: List): boolean {
  const only = body.items.length === 1 && !body.items[0]!.background ? body.items[0]!.command : undefined;
  return (
    only?.t === 'simple' &&
    only.words.length === 0 &&
    only.assigns.length === 0 &&
    only.redirects.length === 1 &&
    only.redirects[0]!.op === '<' &&
    (only.redirects[0]!.fd ?? 0) === 0
  );
}
