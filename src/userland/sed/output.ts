import { O_CREAT, O_TRUNC, O_WRONLY } from '../../abi/flags.ts';
import { encode } from '../../lib/utf8.ts';
import { open, readFile, type Wait } from '../../libc/io.ts';
import type { Context } from '../../libc/program.ts';
import { Output } from '../../libc/stdio.ts';
import type { Command } from './script.ts';

/** `missing`: the last line lacks its newline. */
export interface Sink {
  out: Output;
  missing: boolean;
}

/** What is put out at the end of a cycle: a's text, r's file, R's line. */
type Append = { text: string } | { file: string } | { line: string };

/** Where a script writes: its main output, the files of w, and what waits for the end of the cycle. */
export class SedOutput {
  main: Sink;
  appends: Append[] = [];
  private readonly files = new Map<string, Sink>();

  constructor(
    private readonly ctx: Context,
    private readonly options: { delimiter: string; unbuffered: boolean },
  ) {
    this.main = { out: ctx.stdout, missing: false };
  }

  *flush(): Wait<void> {
    for (const sink of this.files.values()) yield* sink.out.flush();
  }

  /** Makes the files of w. @returns the words of an error */
  *openFiles(commands: readonly Command[]): Wait<string | undefined> {
    for (const c of commands) {
      const path = c.sub?.file ?? ('wW'.includes(c.name) ? c.text : undefined);
      if (path === undefined || this.files.has(path) || path === '/dev/stdout' || path === '/dev/stderr') continue;
      const fd = yield* open(this.ctx.sys, path, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
      if (fd < 0) return `couldn't open file ${path}: ${this.ctx.strerror(fd)}`;
      this.files.set(path, { out: new Output(this.ctx.sys, fd), missing: false });
    }
    return undefined;
  }

  *put(text: string, sink: Sink, complete = true): Wait<void> {
    if (sink.missing) sink.out.put(this.options.delimiter);
    sink.missing = !complete;
    if (sink.out.put(complete ? text + this.options.delimiter : text) || this.options.unbuffered)
      yield* sink.out.flush();
  }

  *raw(text: string): Wait<void> {
    if (this.main.missing) this.main.out.put(this.options.delimiter);
    this.main.missing = false;
    yield* this.main.out.write(text);
  }

  sink(path: string): Sink {
    if (path === '/dev/stdout') return this.main;
    let sink = this.files.get(path);
    if (!sink) {
      sink = { out: this.ctx.stderr, missing: false };
      this.files.set(path, sink);
    }
    return sink;
  }

  *dumpAppends(): Wait<void> {
    if (this.appends.length === 0) return;
    const list = this.appends;
    this.appends = [];
    for (const item of list) {
      if ('text' in item) yield* this.raw(item.text);
      else if ('line' in item) yield* this.put(item.line, this.main);
      else {
        const bytes =
          item.file === '/dev/stdin' ? encode(yield* this.ctx.stdin.text()) : yield* readFile(this.ctx.sys, item.file);
        if (typeof bytes === 'number' || bytes.length === 0) continue;
        if (this.main.missing) this.main.out.put(this.options.delimiter);
        this.main.missing = false;
        yield* this.main.out.write(bytes);
        if (this.ctx.form === 'busybox' && bytes.at(-1) !== 10) this.main.out.put('\n');
      }
    }
    if (this.options.unbuffered) yield* this.main.out.flush();
  }
}
