import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { parseOptions, UsageError } from '../../libc/options.ts';
import { basename } from '../../libc/paths.ts';
import type { Context } from '../../libc/program.ts';
import { expand, wordsOf } from './expand.ts';
import { assign, noteFile, Reader } from './read.ts';
import { shellOutput } from './recipe.ts';
import { type Make, MakeError, type Variables } from './state.ts';
import { collectPatterns, Updater } from './update.ts';

export const MAKE_OPTIONS = {
  alwaysMake: { short: 'B', help: 'Unconditionally make all targets.' },
  directory: { short: 'C', arg: 'DIRECTORY', many: true, help: 'Change to DIRECTORY before doing anything.' },
  environmentOverrides: { short: 'e', help: 'Environment variables override makefiles.' },
  file: { short: 'f', arg: 'FILE', many: true, help: 'Read FILE as a makefile.' },
  makefile: { arg: 'FILE', many: true, help: 'Read FILE as a makefile.' },
  ignoreErrors: { short: 'i', help: 'Ignore errors from recipes.' },
  includeDir: { short: 'I', arg: 'DIRECTORY', many: true, help: 'Search DIRECTORY for included makefiles.' },
  jobs: { short: 'j', arg: 'N', optional: true, help: 'Allow N jobs at once; infinite jobs with no arg.' },
  keepGoing: { short: 'k', help: "Keep going when some targets can't be made." },
  justPrint: { short: 'n', help: "Don't actually run any recipe; just print them." },
  dryRun: { help: "Don't actually run any recipe; just print them." },
  question: { short: 'q', help: 'Run no recipe; exit status says if up to date.' },
  noBuiltinRules: { short: 'r', help: 'Disable the built-in implicit rules.' },
  noBuiltinVariables: { short: 'R', help: 'Disable the built-in variable settings.' },
  silent: { short: 's', help: "Don't echo recipes." },
  quiet: { help: "Don't echo recipes." },
  touch: { short: 't', help: 'Touch targets instead of remaking them.' },
  printDirectory: { short: 'w', help: 'Print the current directory.' },
  noPrintDirectory: { help: 'Turn off -w, even if it was turned on implicitly.' },
  version: { short: 'v', help: 'Print the version number of make and exit.' },
  help: { short: 'h', help: 'Print this message and exit.' },
} as const;

const BUILTIN_VARIABLES = `AR = ar
AS = as
CC = cc
CXX = g++
CPP = $(CC) -E
LD = ld
RM = rm -f
ARFLAGS = -rv
COMPILE.c = $(CC) $(CFLAGS) $(CPPFLAGS) $(TARGET_ARCH) -c
COMPILE.cc = $(CXX) $(CXXFLAGS) $(CPPFLAGS) $(TARGET_ARCH) -c
LINK.o = $(CC) $(LDFLAGS) $(TARGET_ARCH)
LINK.c = $(CC) $(CFLAGS) $(CPPFLAGS) $(LDFLAGS) $(TARGET_ARCH)
LINK.cc = $(CXX) $(CXXFLAGS) $(CPPFLAGS) $(LDFLAGS) $(TARGET_ARCH)
OUTPUT_OPTION = -o $@
`;

const BUILTIN_RULES = `%.o: %.c
	$(COMPILE.c) $(OUTPUT_OPTION) $<
%.o: %.cc
	$(COMPILE.cc) $(OUTPUT_OPTION) $<
%.o: %.cpp
	$(COMPILE.cc) $(OUTPUT_OPTION) $<
%: %.o
	$(LINK.o) $^ $(LOADLIBES) $(LDLIBS) -o $@
%: %.c
	$(LINK.c) $^ $(LOADLIBES) $(LDLIBS) -o $@
%: %.cc
	$(LINK.cc) $^ $(LOADLIBES) $(LDLIBS) -o $@
%: %.sh
	cat $< >$@ 
	chmod a+x $@
`;

const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];

/** make(1): reads the makefiles and brings the goals up to date. */
export function* makeMain(ctx: Context): Wait<number> {
  const level = Number(ctx.env.get('MAKELEVEL') ?? 0);
  const name = `${basename(ctx.name)}${level > 0 ? `[${level}]` : ''}`;
  const inheritedFlags = wordsOf(ctx.env.get('MAKEFLAGS') ?? '').filter(
    (word) => word.startsWith('-') || word.includes('='),
  );
  const parsed = parseOptions(MAKE_OPTIONS, [...inheritedFlags, ...spacedJobs(ctx.args)], {
    words: 'gnu',
    stopAtOperand: false,
  });
  if (parsed instanceof UsageError) {
    yield* ctx.stderr.write(`${ctx.name}: ${parsed.message}\nUsage: make [options] [target] ...\n`);
    return 2;
  }
  const { opts } = parsed;
  if (opts.version) {
    yield* ctx.stdout.write(`GNU Make ${ctx.sys.image.version || '4.3'}\nBuilt for x86_64-pc-linux-gnu\n`);
    return 0;
  }
  if (opts.help) {
    yield* ctx.stdout.write('Usage: make [options] [target] ...\nOptions:\n');
    for (const option of Object.values(MAKE_OPTIONS))
      yield* ctx.stdout.write(`  ${'short' in option ? `-${option.short}` : '  '}  ${option.help}\n`);
    return 0;
  }
  for (const directory of opts.directory) {
    const r = ctx.sys.chdir(directory);
    if (r < 0) {
      yield* ctx.stderr.write(`${name}: *** ${directory}: ${ctx.strerror(r)}.  Stop.\n`);
      return 2;
    }
  }
  const make = newMake(ctx, name, {
    dryRun: opts.justPrint || opts.dryRun,
    silent: opts.silent || opts.quiet,
    keepGoing: opts.keepGoing,
    ignoreErrors: opts.ignoreErrors,
    always: opts.alwaysMake,
    question: opts.question,
    touch: opts.touch,
    jobs: opts.jobs === undefined ? 1 : opts.jobs === '' ? Number.POSITIVE_INFINITY : Math.max(1, Number(opts.jobs)),
    noBuiltins: opts.noBuiltinRules || opts.noBuiltinVariables,
    environmentWins: opts.environmentOverrides,
    printDirectory: opts.noPrintDirectory ? false : opts.printDirectory ? true : undefined,
    includes: [...opts.includeDir, '/usr/local/include', '/usr/include'],
  });
  const cwd = ctx.sys.getcwd();
  const shown = make.options.printDirectory ?? ((opts.directory.length > 0 || level > 0) && !make.options.silent);
  if (shown) yield* make.out(`${name}: Entering directory '${cwd}'\n`);
  let status: number;
  try {
    status = yield* build(make, [...opts.file, ...opts.makefile], parsed.args, flagsText(parsed.order));
  } catch (thrown) {
    if (!(thrown instanceof MakeError)) throw thrown;
    yield* make.err(`${thrown.at ?? name}: *** ${thrown.message}  Stop.\n`);
    status = 2;
  }
  if (shown) yield* make.out(`${name}: Leaving directory '${cwd}'\n`);
  return status;
}

/** `-j 4`: the number may stand apart. */
function spacedJobs(argv: readonly string[]): string[] {
  return argv.flatMap((word, i) => {
    if ((word === '-j' || word === '--jobs') && /^\d+$/.test(argv[i + 1] ?? '')) return [`-j${argv[i + 1]}`];
    return i > 0 && (argv[i - 1] === '-j' || argv[i - 1] === '--jobs') && /^\d+$/.test(word) ? [] : [word];
  });
}

/** Flags that a make of this make gets. */
function flagsText(order: readonly { key: string; value: string | undefined }[]): string {
  const out: string[] = [];
  for (const { key, value } of order) {
    const option = MAKE_OPTIONS[key as keyof typeof MAKE_OPTIONS];
    if (['directory', 'file', 'makefile', 'printDirectory'].includes(key)) continue;
    if ('short' in option) out.push(`-${option.short}${value ?? ''}`);
    else out.push(`--${key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)}${value === undefined ? '' : `=${value}`}`);
  }
  return [...new Set(out)].join(' ');
}

function newMake(ctx: Context, name: string, options: Make['options']): Make {
  const make: Make = {
    ctx,
    sys: ctx.sys,
    options,
    variables: new Map(),
    rules: [],
    patterns: [],
    phony: new Set(),
    targetVariables: new Map(),
    patternVariables: [],
    special: new Set(),
    exportAll: false,
    goal: undefined,
    name,
    out: (text) => ctx.stdout.write(text),
    *err(text) {
      yield* ctx.stdout.flush();
      yield* ctx.stderr.write(text);
    },
    shell: (command) => shellOutput(make, command),
    *evaluate(text, at) {
      const colon = at.lastIndexOf(':');
      yield* new Reader(make, at.slice(0, colon)).read(text, Number(at.slice(colon + 1)) || 1);
    },
  };
  return make;
}

function* build(make: Make, files: readonly string[], args: readonly string[], flags: string): Wait<number> {
  yield* firstVariables(make, args, flags);
  const names = files.length > 0 ? files : MAKEFILES.filter((file) => make.sys.access(file, 0) === 0).slice(0, 1);
  const goals = args.filter((word) => !/^[^=]*=/.test(word));
  if (names.length === 0 && goals.length === 0) throw new MakeError('No targets specified and no makefile found.');
  make.variables.set('MAKECMDGOALS', { value: goals.join(' '), recursive: false, origin: 'default' });
  for (const file of names) {
    const bytes = file === '-' ? undefined : yield* readFile(make.sys, file);
    if (typeof bytes === 'number') {
      yield* make.err(`${make.name}: ${file}: ${make.ctx.strerror(bytes)}\n`);
      throw new MakeError(`No rule to make target '${file}'.`);
    }
    noteFile(make, file);
    yield* new Reader(make, file).read(bytes === undefined ? yield* make.ctx.stdin.text() : decode(bytes));
  }
  const chosen = make.variables.get('.DEFAULT_GOAL')?.value;
  if (!make.options.noBuiltins) {
    const { goal } = make;
    yield* new Reader(make, '<builtin>').read(BUILTIN_RULES);
    make.goal = goal;
  }
  collectPatterns(make);
  const wanted =
    goals.length > 0
      ? goals
      : chosen
        ? wordsOf(yield* expand(make, chosen, { layers: [], at: '' }))
        : make.goal === undefined
          ? []
          : [make.goal];
  if (wanted.length === 0) throw new MakeError('No targets.');
  return yield* new Updater(make).run(wanted);
}

/** Variables before any makefile: built-in ones, the environment, the command line. */
function* firstVariables(make: Make, args: readonly string[], flags: string): Wait<void> {
  const { ctx, variables } = make;
  const set = (target: Variables, name: string, value: string, origin: 'default' | 'environment'): void => {
    target.set(name, { value, recursive: origin === 'default', origin });
  };
  if (!make.options.noBuiltins)
    for (const line of BUILTIN_VARIABLES.split('\n')) {
      const equals = line.indexOf(' = ');
      if (equals > 0) set(variables, line.slice(0, equals), line.slice(equals + 3), 'default');
    }
  for (const [name, value] of ctx.env)
    if (name !== 'SHELL' && name !== 'MAKEFLAGS' && name !== 'MAKELEVEL') set(variables, name, value, 'environment');
  const cwd = ctx.sys.getcwd();
  set(variables, 'CURDIR', typeof cwd === 'string' ? cwd : '/', 'default');
  set(variables, 'SHELL', '/bin/sh', 'default');
  set(variables, 'MAKE', ctx.name, 'default');
  set(variables, 'MAKE_VERSION', ctx.sys.image.version || '4.3', 'default');
  set(variables, 'MAKELEVEL', ctx.env.get('MAKELEVEL') ?? '0', 'default');
  const words: string[] = [];
  for (const word of args) {
    const match = /^([^\s=:+?!]+)\s*(::?=|\+=|\?=|=)([\s\S]*)$/.exec(word);
    if (!match) continue;
    yield* assign(make, match[1]!, match[2]!, match[3]!, 'command line', { layers: [], at: make.name });
    words.push(`${match[1]}=${match[3]}`);
  }
  set(
    variables,
    'MAKEFLAGS',
    [flags, ...words.filter((word) => !/\s/.test(word))].filter(Boolean).join(' '),
    'default',
  );
}
