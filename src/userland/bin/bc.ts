import { openInput } from '../../libc/input.ts';
import type { Wait } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import type { Input } from '../../libc/stdio.ts';
import { BcError, BcMachine } from '../bc/machine.ts';
import { decimal } from '../bc/number.ts';
import { BcSyntaxError, parseBc, type Statement } from '../bc/parse.ts';

export default program({
  name: 'bc',
  at: ['/usr/bin/bc'],
  spec: 'GNU bc 1.07.1 bc(1); -l sets scale = 20 without the functions of the library',
  version: '1.07.1',
  usage: '[options] [file ...]',
  about: 'An arbitrary precision calculator language.',
  options: {
    interactive: { short: 'i', help: 'force interactive mode' },
    mathlib: { short: 'l', help: 'use the predefined math routines' },
    quiet: { short: 'q', help: "don't print initial banner" },
    standard: { short: 's', help: 'non-standard bc constructs are errors' },
    warn: { short: 'w', help: 'warn about non-standard bc constructs' },
  },
  busybox: {
    at: '/usr/bin/bc',
    usage: '[-sqlw] [FILE]...',
    help: '\nArbitrary precision calculator\n\n\t-q\tQuiet\n\t-l\tLoad standard library\n\t-s\tBe POSIX compatible\n\t-w\tWarn if extensions are used\n',
  },
  *main(ctx) {
    const machine = new BcMachine(ctx.sys, ctx.stdout);
    if (ctx.opts.mathlib) machine.set('scale', decimal(20));
    if (ctx.sys.isatty(0) && !ctx.opts.quiet && ctx.args.length === 0)
      yield* ctx.stdout.write("bc 1.07.1\nFor details type `warranty'. \n");
    const names = [...ctx.args];
    for (const name of [...names, undefined]) {
      const input = name === undefined ? ctx.stdin : yield* openInput(ctx, name, 'plain');
      if (!input) {
        if (ctx.form === 'gnu') yield* ctx.stderr.write(`File ${name} is unavailable.\n`);
        return 1;
      }
      const shown = name === undefined ? '(standard_in)' : name;
      if (
        yield* runInput(
          machine,
          input,
          shown,
          (text) => ctx.stderr.write(text),
          () => ctx.stdout.flush(),
        )
      )
        return 0;
    }
    return 0;
  },
});

/** Runs a file line by line; lines that are not whole wait for more. @returns true where the program quit */
function* runInput(
  machine: BcMachine,
  input: Input,
  name: string,
  complain: (text: string) => Wait<void>,
  flush: () => Wait<void>,
): Wait<boolean> {
  let text = '';
  for (let number = 1, line; (line = yield* input.line()) !== undefined; number++) {
    text += `${line}\n`;
    let statements: Statement[];
    try {
      statements = parseBc(text);
    } catch (error) {
      if (!(error instanceof BcSyntaxError)) throw error;
      if (error.more) continue;
      yield* flush();
      yield* complain(`${name} ${number + (error.atLineEnd ? 1 : 0)}: syntax error\n`);
      text = '';
      continue;
    }
    text = '';
    // quit works as soon as it is read
    if (statements.some((statement) => statement.kind === 'quit')) return true;
    for (const statement of statements) {
      try {
        if ((yield* machine.run(statement)) === 'quit') return true;
      } catch (error) {
        if (!(error instanceof BcError)) throw error;
        yield* flush();
        yield* complain(`Runtime error (func=(main), adr=3): ${error.message}\n`);
        break;
      }
    }
    yield* flush();
  }
  if (text.trim() !== '') yield* complain(`${name} 1: syntax error\n`);
  return false;
}
