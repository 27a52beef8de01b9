import type { Program, Sys } from '../../abi/sys.ts';
import type { HashFactory } from '../../lib/hash.ts';
import { quote } from '../../lib/quote.ts';
import { exit, type Wait } from '../../libc/io.ts';
import { environment } from '../../libc/program.ts';
import { Input, Output } from '../../libc/stdio.ts';
import { builderFlagsLast } from './build/builder-flag.ts';
import type { DockerClient } from './client.ts';
import type { Cli, Command } from './command.ts';
import { complete } from './complete.ts';
import { Config } from './config.ts';
import { clientOf } from './context/store.ts';
import { CliError, ConnectionError, DaemonError, messageOf } from './errors.ts';
import { hiddenFlags } from './flags/hidden.ts';
import { FlagError, Flags } from './flags/parse.ts';
import type { ValueContext } from './flags/values.ts';
import { DEFAULT_WIDTH, helpText } from './help.ts';
import { hiddenCommand } from './hidden-commands.ts';
import { COMMANDS } from './index.gen.ts';
import { pluginCommand } from './plugin-commands.ts';
import { swarmCommand } from './swarm.ts';
import { type CommandSpec, CommandTree, usageLine } from './tree.ts';
import { trustCommand } from './trust-commands.ts';
import { CLIENT } from './version-data.ts';

const TREE = new CommandTree();

/** Commands whose flags end at the first argument: what follows is the container's command line. */
const STOPS = new Set([
  'container run',
  'container create',
  'container exec',
  'container top',
  'service create',
  'compose exec',
  'compose run',
]);

/** What pflag says of `-h`. */
const DEPRECATED = 'Flag shorthand -h has been deprecated, use --help';

/** The command where the arguments lead, and those that are left. */
interface Found {
  name: string;
  spec: CommandSpec;
  rest: string[];
}

/** `docker`: finds the command, parses its flags, runs it, and says on stderr what went wrong. */
export function* dockerMain(sys: Sys, sha256: HashFactory): Program {
  const out = new Output(sys, 1);
  const err = new Output(sys, 2, true);
  let status: number;
  try {
    status = yield* dispatch(sys, sha256, out, err);
  } catch (error) {
    yield* out.flush();
    const text = messageOf(error);
    if (text !== '') yield* err.write(`${text}\n`);
    status = error instanceof CliError ? error.status : 1;
  }
  yield* out.flush();
  return yield* exit(sys, status);
}

function* dispatch(sys: Sys, sha256: HashFactory, out: Output, err: Output): Wait<number> {
  const env = environment(sys.envp);
  const cwd = sys.getcwd();
  const values: ValueContext = { env, cwd: typeof cwd === 'string' ? cwd : '/' };
  const root = TREE.find('')!;
  const globals = new Flags(root.flags, values);
  const args = parse(globals, '', root, sys.argv.slice(1), false);
  const home = env.get('HOME') ?? '/root';
  const folder = globals.text('config').replace('~', home);
  const config = yield* Config.load(sys, globals.changed('config') ? folder : (env.get('DOCKER_CONFIG') ?? folder));
  if (config.problem !== undefined) {
    yield* err.write(`WARNING: ${config.problem}\n`);
  }
  const level = globals.text('log-level');
  if (!['', 'debug', 'info', 'warn', 'warning', 'error', 'fatal', 'panic', 'trace'].includes(level.toLowerCase())) {
    throw new CliError(`Unable to parse logging level: ${level}`);
  }
  const show = function* (to: Output, name: string, spec: CommandSpec): Wait<number> {
    const size = sys.tiocgwinsz(0);
    const width = typeof size === 'number' || size.cols === 0 ? DEFAULT_WIDTH : size.cols;
    yield* to.write(helpText(TREE, name, spec, home, width));
    return 0;
  };
  let client: DockerClient | undefined;
  const cli: Cli = {
    sys,
    env,
    stdin: new Input(sys, 0),
    out,
    err,
    name: '',
    config,
    globals,
    sha256,
    *client() {
      client ??= yield* clientOf(cli);
      return client;
    },
    *warn(line) {
      yield* out.flush();
      yield* err.write(`${line}\n`);
    },
  };
  if (globals.shortHelp) yield* err.write(`${DEPRECATED}\n`);
  if (globals.help) return yield* show(out, '', root);
  if (globals.bool('version') && args.length === 0) {
    yield* out.write(`Docker version ${CLIENT.version}, build ${CLIENT.gitCommit}\n`);
    return 0;
  }
  if (args.length === 0) return yield* show(err, '', root);
  if (args[0] === '__complete' || args[0] === '__completeNoDesc') return yield* complete(cli, TREE, args);
  if (args[0] === 'help') return yield* help(args.slice(1), (name, spec) => show(out, name, spec));

  const hidden = hiddenCommand(args);
  if (hidden !== undefined) {
    if (!args.includes('--help')) throw new CliError(hidden);
    yield* out.write(`${hidden}\n\n`);
    return 1;
  }
  const { name, spec, rest } = find(builderFlagsLast(args));
  const group = TREE.isGroup(name) && !bodyOf(spec.path);
  const flags = new Flags(spec.flags, values, hiddenFlags(spec.path));
  const operands = parse(flags, name, spec, rest, !STOPS.has(spec.path));
  if (flags.shortHelp) yield* err.write(`${DEPRECATED}\n`);
  for (const note of flags.notes) yield* out.write(`${note}\n`);
  if (flags.help || flags.bool('help')) return yield* show(out, name, spec);
  if (group && /^build(x|er)\b/.test(name)) {
    const status = yield* show(out, name, spec);
    if (operands.length > 0) throw new CliError(`ERROR: unknown command: ${quote(operands[0]!)}`);
    return status;
  }
  if (group || name === '') {
    if (operands.length > 0) throw new CliError(unknownCommand(name, operands[0]!));
    return yield* show(err, name, spec);
  }
  checkArguments(name, spec, operands);
  if (flags.refused !== undefined) throw new CliError(flags.refused);
  if (spec.path === 'swarm update' && !flags.any()) return yield* show(out, name, spec);
  const body = bodyOf(spec.path);
  if (!body) throw new CliError(`docker ${name}: not there yet`);
  try {
    return (yield* body.run({ ...cli, name }, flags, operands)) ?? 0;
  } catch (error) {
    if (error instanceof DaemonError || error instanceof ConnectionError) throw new CliError(error.message);
    throw error;
  }
}

/** @throws CliError with pflag's message and the usage, status 125 */
function parse(
  flags: Flags,
  name: string,
  spec: CommandSpec,
  args: readonly string[],
  interspersed: boolean,
): string[] {
  try {
    return flags.parse(args, interspersed);
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    const hint = flags.shortHelp ? `${DEPRECATED}\n` : '';
    const own = spec.line?.replace(/ \[.*/, '') ?? name;
    const path = own === '' ? 'docker' : `docker ${own}`;
    const usage = usageLine(name, spec, TREE.isGroup(name));
    throw new CliError(`${hint}${error.message}\n\nUsage:  ${usage}\n\nRun '${path} --help' for more information`, 125);
  }
}

/** What runs a command; `builder` and `buildx` have the same ones. */
const bodyOf = (path: string): Command | undefined =>
  COMMANDS[path.replace(/^buildx /, 'builder ')] ?? swarmCommand(path) ?? pluginCommand(path) ?? trustCommand(path);

/** Follows the words down the tree as far as they name commands. */
function find(args: readonly string[]): Found {
  let name = '';
  let at = 0;
  for (; at < args.length; at++) {
    const next = name === '' ? args[at]! : `${name} ${args[at]}`;
    if (args[at] === '' || !TREE.find(next)) break;
    name = next;
    if (!TREE.isGroup(name)) {
      at++;
      break;
    }
  }
  return { name, spec: TREE.find(name)!, rest: args.slice(at) };
}

function* help(words: string[], show: (name: string, spec: CommandSpec) => Wait<number>): Wait<number> {
  const { name, spec, rest } = find(words);
  if (rest.length > 0) throw new CliError(`unknown help topic: ${rest.join(' ')}`);
  return yield* show(name, spec);
}

function unknownCommand(name: string, word: string): string {
  if (name === '') return `docker: unknown command: docker ${word}\n\nRun 'docker --help' for more information`;
  const path = `docker ${name}`;
  const usage = usageLine(name, TREE.find(name)!, true);
  return `docker: unknown command: ${path} ${word}\n\nUsage:  ${usage}\n\nRun '${path} --help' for more information`;
}

/** @throws CliError in the words of docker/cli's argument validators */
function checkArguments(name: string, spec: CommandSpec, args: readonly string[]): void {
  if (!spec.args) return;
  const [min, max] = spec.args;
  if (args.length >= min && (max === null || args.length <= max)) return;
  const plural = (n: number): string => (n === 1 ? 'argument' : 'arguments');
  let rule: string;
  let see = 'Run';
  if (max === 0) rule = 'accepts no arguments';
  else if (max === null) {
    rule = `requires at least ${min} ${plural(min)}`;
    see = 'See';
  } else if (min === max) rule = `requires ${min} ${plural(min)}`;
  else if (min === 0) {
    rule = `requires at most ${max} ${plural(max)}`;
    see = 'SRun';
  } else rule = `requires at least ${min} and at most ${max} ${plural(max)}`;
  const usage = usageLine(name, spec, false);
  throw new CliError(
    `docker: 'docker ${name}' ${rule}\n\nUsage:  ${usage}\n\n${see} 'docker ${name} --help' for more information`,
  );
}
