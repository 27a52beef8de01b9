import { decode } from '../../lib/utf8.ts';
import { openInput } from '../../libc/input.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { Evaluator } from '../jq/evaluate.ts';
import { type Filter, JqSyntaxError, parseJq } from '../jq/parse.ts';
import { Reader, readJsonText } from '../jq/read.ts';
import { JqError, type Json, type PrintOptions, toText, truthy } from '../jq/values.ts';

/** What the command line says. */
interface Plan {
  filter: string | undefined;
  files: string[];
  flags: Set<string>;
  indent: number;
  variables: Map<string, Json>;
}

const LETTERS: Readonly<Record<string, string>> = {
  n: 'null-input',
  r: 'raw-output',
  j: 'join-output',
  c: 'compact-output',
  C: 'color-output',
  M: 'monochrome-output',
  s: 'slurp',
  S: 'sort-keys',
  e: 'exit-status',
  R: 'raw-input',
  a: 'ascii-output',
  h: 'help',
  V: 'version',
};
const LONGS = [...Object.values(LETTERS), 'tab', 'unbuffered', 'seq', 'raw-output0'];
const USAGE =
  'Usage:\tjq [OPTIONS] FILTER [FILES...]\n\tjq [OPTIONS] --args FILTER [ARGUMENTS...]\n\tjq [OPTIONS] --jsonargs FILTER [JSON_VALUES...]\n';

export default program({
  name: 'jq',
  at: ['/usr/bin/jq'],
  spec: 'jq 1.7 jq(1): without modules, label/break, ?// patterns, streaming, getpath of times; a step budget',
  usage: '[OPTIONS] FILTER [FILES...]',
  about: 'Command-line JSON processor.',
  options: {},
  raw: true,
  *main(ctx) {
    const plan = yield* readArguments(ctx);
    if (typeof plan === 'number') return plan;
    if (plan.flags.has('version')) {
      yield* ctx.stdout.write('jq-1.7\n');
      return 0;
    }
    if (plan.flags.has('help')) {
      yield* ctx.stdout.write(USAGE);
      return 0;
    }
    let filter: Filter;
    try {
      filter = parseJq(plan.filter!);
    } catch (error) {
      if (!(error instanceof JqSyntaxError)) throw error;
      yield* ctx.stderr.write(
        `jq: error: syntax error, ${error.message} (Unix shell quoting issues?) at <top-level>, line 1:\n${plan.filter}\njq: 1 compile error\n`,
      );
      return 3;
    }
    return yield* run(ctx, plan, filter);
  },
});

function* readArguments(ctx: Context): Wait<Plan | number> {
  const plan: Plan = { filter: undefined, files: [], flags: new Set(), indent: 2, variables: new Map() };
  const named = new Map<string, Json>();
  const positional: Json[] = [];
  let rest: 'files' | 'args' | 'jsonargs' = 'files';
  const words = [...ctx.args];
  const usage = function* (message: string): Wait<number> {
    yield* ctx.stderr.write(
      `jq: error: ${message}\nUse jq --help for help with command-line options,\nor see the jq manpage, or online docs  at https://jqlang.github.io/jq\n`,
    );
    return 2;
  };
  while (words.length > 0) {
    const word = words.shift()!;
    const operand = !word.startsWith('-') || word === '-';
    if (operand) {
      if (plan.filter === undefined) plan.filter = word;
      else if (rest === 'files') plan.files.push(word);
      else if (rest === 'args') positional.push(word);
      else positional.push((readJsonText(word) as Json[])[0] ?? null);
      continue;
    }
    if (word === '--args' || word === '--jsonargs') rest = word.slice(2) as 'args';
    else if (word === '--arg' || word === '--argjson' || word === '--slurpfile' || word === '--rawfile') {
      const [name, value] = [words.shift(), words.shift()];
      if (name === undefined || value === undefined)
        return yield* usage(`${word} takes two parameters (e.g. ${word} varname value)`);
      let json: Json = value;
      if (word === '--argjson' || word === '--slurpfile') {
        const bytes = word === '--slurpfile' ? yield* readFile(ctx.sys, value) : undefined;
        const parsed = readJsonText(bytes === undefined ? value : typeof bytes === 'number' ? '' : decode(bytes));
        if (typeof parsed === 'string') return yield* usage(`Invalid JSON text passed to --${word.slice(2)}`);
        json = word === '--argjson' ? (parsed[0] ?? null) : parsed;
      } else if (word === '--rawfile') {
        const bytes = yield* readFile(ctx.sys, value);
        json = typeof bytes === 'number' ? '' : decode(bytes);
      }
      named.set(name, json);
      plan.variables.set(name, json);
    } else if (word === '--indent') plan.indent = Number(words.shift() ?? 2);
    else if (word === '-f' || word === '--from-file') {
      const path = words.shift() ?? plan.filter ?? '';
      const bytes = yield* readFile(ctx.sys, path);
      if (typeof bytes === 'number') return yield* usage(`Could not open ${path}: ${ctx.strerror(bytes)}`);
      if (plan.filter !== undefined) plan.files.unshift(plan.filter);
      plan.filter = decode(bytes);
    } else if (word.startsWith('--')) {
      if (!LONGS.includes(word.slice(2))) return yield* usage(`Unknown arguments`);
      plan.flags.add(word.slice(2));
    } else
      for (const letter of word.slice(1)) {
        const flag = LETTERS[letter];
        if (flag === undefined) return yield* usage('Unknown arguments');
        plan.flags.add(flag);
      }
  }
  if (plan.filter === undefined && !plan.flags.has('help') && !plan.flags.has('version')) {
    yield* ctx.stderr.write(USAGE);
    return 2;
  }
  plan.variables.set('ENV', new Map(ctx.env));
  plan.variables.set('__prog_args', positional);
  plan.variables.set(
    'ARGS',
    new Map<string, Json>([
      ['positional', positional],
      ['named', named],
    ]),
  );
  return plan;
}

function* readInputs(ctx: Context, plan: Plan): Wait<{ text: string; status: number }> {
  let text = '';
  let status = 0;
  for (const name of plan.files.length === 0 ? ['-'] : plan.files) {
    const words = { ...ctx, warn: (message: string) => ctx.warn(`error: Could not open ${message}`) };
    const input = yield* openInput(words, name, 'plain');
    if (!input) status = 2;
    else text += yield* input.text();
  }
  return { text, status };
}

function* run(ctx: Context, plan: Plan, filter: Filter): Wait<number> {
  const { flags } = plan;
  const color =
    flags.has('color-output') || (ctx.sys.isatty(1) && !flags.has('monochrome-output') && !ctx.env.has('NO_COLOR'));
  const print: PrintOptions = {
    indent: flags.has('compact-output')
      ? undefined
      : flags.has('tab')
        ? '\t'
        : plan.indent === 0
          ? undefined
          : ' '.repeat(plan.indent),
    sort: flags.has('sort-keys'),
    ascii: flags.has('ascii-output'),
    color,
  };
  const source =
    flags.has('null-input') && plan.files.length === 0 && ctx.sys.isatty(0)
      ? { text: '', status: 0 }
      : yield* readInputs(ctx, plan);
  let { status } = source;
  let wrong: string | undefined;
  const reader = new Reader(source.text);
  const lines = source.text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const nextRaw = (): Json | undefined => lines.shift();
  const nextJson = (): Json | undefined => {
    reader.blank();
    if (reader.at >= reader.text.length || wrong !== undefined) return undefined;
    const value = reader.value();
    if (value === undefined) wrong = reader.error();
    else reader.blank();
    return value;
  };
  let next = flags.has('raw-input') ? nextRaw : nextJson;
  if (flags.has('slurp')) {
    const whole: Json[] = [];
    if (!flags.has('raw-input'))
      for (let value = nextJson(); value !== undefined; value = nextJson()) whole.push(value);
    let given = wrong !== undefined;
    next = () => {
      if (given) return undefined;
      given = true;
      return flags.has('raw-input') ? source.text : whole;
    };
  }
  const evaluator = new Evaluator(plan.variables, next);
  let last: Json | undefined;
  const one = function* (input: Json): Wait<void> {
    try {
      for (const value of evaluator.run(filter, input)) {
        last = value;
        const raw = typeof value === 'string' && (flags.has('raw-output') || flags.has('join-output'));
        yield* ctx.stdout.write(
          (raw ? (value as string) : toText(value, print)) + (flags.has('join-output') ? '' : '\n'),
        );
        if (ctx.sys.tick()) yield;
      }
    } catch (error) {
      if (!(error instanceof JqError)) throw error;
      yield* ctx.stdout.flush();
      const undefinedName = / is not defined$/.test(error.message);
      yield* ctx.stderr.write(
        undefinedName
          ? `jq: error: ${error.message} at <top-level>, line 1:\n${plan.filter}\njq: 1 compile error\n`
          : `jq: error (at <${plan.files.length === 0 ? 'stdin' : 'unknown'}>:${Math.max(0, source.text.slice(0, reader.at).split('\n').length - 1)}): ${error.message}\n`,
      );
      status = undefinedName ? 3 : 5;
    }
  };
  if (flags.has('null-input')) yield* one(null);
  else for (let input = next(); input !== undefined && status !== 3; input = next()) yield* one(input);
  if (wrong !== undefined) {
    yield* ctx.stdout.flush();
    yield* ctx.stderr.write(`jq: parse error: ${wrong}\n`);
    return 2;
  }
  if (status !== 0 || !flags.has('exit-status')) return status;
  return last === undefined ? 4 : truthy(last) ? 0 : 1;
}
