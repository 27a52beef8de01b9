import { EINVAL } from '../../abi/errno.ts';
import { isDirectory, Stat } from '../../abi/stat.ts';
import { compileRegex, type Regex, RegexError } from '../../lib/regex/regex.ts';
import { eachInput } from '../../libc/input.ts';
import { type Context, program } from '../../libc/program.ts';
import { quoteIfNeeded, shellQuote } from '../../libc/shell-quote.ts';

const options = {
  before: { short: 'b', busybox: false, help: 'put the separator before instead of after' },
  regex: { short: 'r', busybox: false, help: 'the separator is a regular expression' },
  separator: { short: 's', arg: 'STRING', busybox: false, help: 'use STRING instead of newline' },
} as const;

export default program({
  name: 'tac',
  at: ['/usr/bin/tac'],
  spec: 'GNU coreutils 9.4 tac(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]...',
  about: 'Write each FILE, last line first.',
  options,
  busybox: { at: '/usr/bin/tac', usage: '[FILE]...', help: 'Concatenate FILEs and print them in reverse\n' },
  *main(ctx) {
    const { opts } = ctx;
    const text = opts.separator === undefined ? '\n' : opts.separator || (opts.regex ? '' : '\0');
    if (opts.regex && text === '') return yield* ctx.die('separator cannot be empty');
    const regex = opts.regex ? compileRegex(text, { dialect: 'bre' }) : undefined;
    if (regex instanceof RegexError) return yield* ctx.die(regex.message);
    return yield* eachInput(
      messages(ctx),
      ctx.args,
      function* (input) {
        const all = yield* input.text();
        const bounds = regex ? matches(all, regex) : occurrences(all, text);
        let end = all.length;
        for (const [start, stop] of bounds) {
          const cut = opts.before ? start : stop;
          if (cut < end && ctx.stdout.put(all.slice(cut, end))) yield* ctx.stdout.flush();
          end = cut;
          if (ctx.sys.tick()) yield;
        }
        yield* ctx.stdout.write(all.slice(0, end));
      },
      'plain',
    );
  },
});

/** The context with GNU tac's words for what cannot be read. */
function messages(ctx: Context<typeof options>): Context<typeof options> {
  if (ctx.form === 'busybox') return ctx;
  const st = new Stat();
  return {
    ...ctx,
    *warn(message) {
      const name = ctx.args.find((arg) => message.startsWith(`${quoteIfNeeded(arg)}: `));
      if (name === undefined) return yield* ctx.warn(message);
      if (ctx.sys.stat(name, st) === 0 && isDirectory(st.mode))
        return yield* ctx.warn(`${quoteIfNeeded(name)}: read error: ${ctx.strerror(EINVAL)}`);
      yield* ctx.warn(`failed to open ${shellQuote(name)} for reading${message.slice(quoteIfNeeded(name).length)}`);
    },
  };
}

/** Where `separator` stands, the last one first. */
function* occurrences(text: string, separator: string): Generator<[number, number]> {
  let at = text.length;
  while (at >= separator.length && (at = text.lastIndexOf(separator, at - separator.length)) >= 0)
    yield [at, at + separator.length];
}

/** Where `regex` matches, searched backwards from the end as tac does. */
function* matches(text: string, regex: Regex): Generator<[number, number]> {
  const starts: number[] = [];
  for (let from = 0; from < text.length; ) {
    const m = regex.exec(text, from);
    if (!m) break;
    if (m[1]! > m[0]!) starts.push(m[0]!);
    from = m[0]! + 1;
  }
  let end = text.length;
  for (const start of starts.reverse()) {
    const m = regex.exec(text.slice(0, end), start);
    if (m?.[0] !== start || m[1] === start) continue;
    yield [start, m[1]!];
    end = start;
  }
}
