import { decode } from '../../lib/utf8.ts';
import { readFile } from '../../libc/io.ts';
import { basename } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';
import { AwkSyntaxError } from '../awk/ast.ts';
import { BYTES, UTF8 } from '../awk/codec.ts';
import { parseAwk } from '../awk/parse.ts';
import { runAwk } from '../awk/run.ts';
import { AwkFatal, type Personality, Runtime } from '../awk/runtime.ts';

const options = {
  fieldSeparator: { short: 'F', arg: 'fs', help: 'use fs for the input field separator' },
  assign: { short: 'v', arg: 'var=val', many: true, help: 'assign val to var before the program begins' },
  file: { short: 'f', arg: 'progfile', many: true, help: 'read the program from progfile' },
  source: { short: 'e', arg: 'program-text', many: true, help: 'use program-text as program' },
  warn: { short: 'W', long: false, arg: 'option', many: true, busybox: false, help: 'options of the implementation' },
  posix: { short: 'P', busybox: false, help: 'accepted' },
  characters: { short: 'b', long: 'characters-as-bytes', busybox: false, help: 'treat input data as single bytes' },
} as const;
type Ctx = Context<typeof options>;

function personalityOf(ctx: Ctx): Personality {
  if (ctx.form === 'busybox') return 'busybox';
  const names = [basename(ctx.sys.argv[0] ?? ''), basename(ctx.sys.image.path)];
  return names.includes('gawk') ? 'gawk' : 'mawk';
}

export default program({
  name: 'awk',
  at: ['/usr/bin/awk', '/usr/bin/mawk', '/usr/bin/gawk', '/usr/bin/nawk'],
  spec: 'POSIX awk as mawk 1.3.4, gawk 5 (without namespaces, @-directives, network, profiling) and busybox have it',
  usage: '[Options] [Program] [file ...]',
  about: 'Scan for patterns and process text.',
  options,
  stopAtOperand: true,
  usageStatus: 2,
  busybox: {
    at: '/usr/bin/awk',
    long: [],
    usage: '[OPTIONS] [AWK_PROGRAM] [FILE]...',
    help: '\t-v VAR=VAL\tSet variable\n\t-F SEP\t\tUse SEP as field separator\n\t-f FILE\t\tRead program from FILE\n\t-e AWK_PROGRAM\n',
  },
  *main(ctx) {
    const personality = personalityOf(ctx);
    if (ctx.opts.warn.some((w) => /^v/.test(w))) {
      yield* ctx.stdout.write('mawk 1.3.4 20240123\n');
      return 0;
    }
    const locale = ctx.env.get('LC_ALL') || ctx.env.get('LC_CTYPE') || ctx.env.get('LANG') || '';
    const codec = personality === 'gawk' && /utf-?8/i.test(locale) && !ctx.opts.characters ? UTF8 : BYTES;
    const args = [...ctx.args];
    const texts: string[] = [];
    for (const { key, value } of ctx.order) {
      if (key === 'source') texts.push(value!);
      if (key !== 'file') continue;
      const bytes = value === '-' ? undefined : yield* readFile(ctx.sys, value!);
      if (typeof bytes === 'number')
        return yield* ctx.die(
          personality === 'busybox'
            ? `can't open '${value}': ${ctx.strerror(bytes)}`
            : personality === 'gawk'
              ? `fatal: cannot open source file \`${value}' for reading: ${ctx.strerror(bytes)}`
              : `cannot open ${value} (${ctx.strerror(bytes)})`,
          personality === 'busybox' ? 1 : 2,
        );
      texts.push(bytes === undefined ? yield* ctx.stdin.text() : decode(bytes));
    }
    if (texts.length === 0) {
      const text = args.shift();
      if (text === undefined) {
        if (personality === 'busybox') return yield* ctx.usage();
        yield* ctx.stderr.write(`Usage: ${ctx.name} [Options] [Program] [file ...]\n`);
        return personality === 'gawk' ? 1 : 0;
      }
      texts.push(text);
    }
    const parsed = parseAwk(codec.fromSys(texts.join('\n')), personality === 'mawk' ? 'posix' : personality);
    if (parsed instanceof AwkSyntaxError) {
      if (personality === 'busybox')
        return yield* ctx.die(`cmd. line:${parsed.words === undefined ? parsed.line : 1}: Unexpected token`);
      if (personality === 'gawk')
        return yield* ctx.die(
          `cmd. line:${parsed.line}: ${parsed.words ?? (parsed.near === undefined ? 'unexpected newline or end of string' : `syntax error near ${parsed.near}`)}`,
        );
      return yield* ctx.die(
        `line ${parsed.line}: ${parsed.words ?? `syntax error at or near ${parsed.near ?? 'end of line'}`}`,
        2,
      );
    }
    const rt = new Runtime(ctx, codec, personality);
    try {
      for (const [name, value] of ctx.env) rt.array('ENVIRON').set(codec.fromSys(name), codec.fromSys(value));
      rt.setArguments([ctx.name, ...args]);
      if (ctx.opts.fieldSeparator !== undefined) {
        const fs = ctx.opts.fieldSeparator;
        rt.assign('FS', fs === 't' && personality !== 'mawk' ? '\t' : fs);
      }
      for (const pair of ctx.opts.assign) {
        const m = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(pair);
        if (!m) return yield* ctx.die(`improper assignment: -v ${pair}`, 2);
        rt.assign(m[1]!, m[2]!);
      }
      return yield* runAwk(rt, parsed);
    } catch (error) {
      const message =
        error instanceof AwkFatal
          ? error.message
          : error instanceof RangeError
            ? 'function call nesting too deep'
            : undefined;
      if (message === undefined) throw error;
      yield* rt.flushAll();
      return yield* ctx.die(
        personality === 'busybox'
          ? `cmd. line:1: ${message}`
          : personality === 'gawk'
            ? `cmd. line:1: ${message}`
            : message,
        personality === 'busybox' ? 1 : 2,
      );
    }
  },
});
