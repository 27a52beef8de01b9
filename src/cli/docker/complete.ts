import type { Wait } from '../../libc/io.ts';
import type { Json } from './client.ts';
import type { Cli } from './command.ts';
import { ConnectionError, DaemonError } from './errors.ts';
import type { CommandSpec, CommandTree } from './tree.ts';

/** What is offered where an argument stands. */
type Source = 'containers' | 'running' | 'stopped' | 'images' | 'networks' | 'volumes' | 'contexts' | 'files' | 'none';

/** cobra's directives. */
const NO_SPACE = 2;
const NO_FILES = 4;

const ARGUMENTS: Readonly<Record<string, Source>> = {
  'container attach': 'running',
  'container commit': 'containers',
  'container cp': 'files',
  'container diff': 'containers',
  'container exec': 'running',
  'container export': 'containers',
  'container inspect': 'containers',
  'container kill': 'running',
  'container logs': 'containers',
  'container pause': 'running',
  'container port': 'running',
  'container rename': 'containers',
  'container restart': 'containers',
  'container rm': 'containers',
  'container run': 'images',
  'container create': 'images',
  'container start': 'stopped',
  'container stats': 'running',
  'container stop': 'running',
  'container top': 'running',
  'container unpause': 'containers',
  'container update': 'containers',
  'container wait': 'containers',
  'image history': 'images',
  'image inspect': 'images',
  'image push': 'images',
  'image rm': 'images',
  'image save': 'images',
  'image tag': 'images',
  'image ls': 'images',
  'image import': 'files',
  'network connect': 'networks',
  'network disconnect': 'networks',
  'network inspect': 'networks',
  'network rm': 'networks',
  'volume inspect': 'volumes',
  'volume rm': 'volumes',
  'context use': 'contexts',
  'context rm': 'contexts',
  build: 'files',
};

const VALUES: Readonly<Record<string, Source>> = {
  network: 'networks',
  volume: 'volumes',
  'volumes-from': 'containers',
  link: 'containers',
};

/** cobra's `__complete` protocol: candidates with descriptions, then `:DIRECTIVE`. */
export function* complete(cli: Cli, tree: CommandTree, args: readonly string[]): Wait<number> {
  const described = args[0] === '__complete';
  const words = args.slice(1, -1);
  const current = args.length > 1 ? args.at(-1)! : '';
  const { lines, directive } = yield* candidates(cli, tree, words, current);
  for (const [word, about] of lines) {
    if (word.startsWith(current)) yield* cli.out.write(described && about !== '' ? `${word}\t${about}\n` : `${word}\n`);
  }
  yield* cli.out.write(`:${directive}\n`);
  const names =
    directive & NO_FILES
      ? directive & NO_SPACE
        ? 'ShellCompDirectiveNoSpace, ShellCompDirectiveNoFileComp'
        : 'ShellCompDirectiveNoFileComp'
      : 'ShellCompDirectiveDefault';
  yield* cli.warn(`Completion ended with directive: ${names}`);
  return 0;
}

interface Answer {
  lines: [string, string][];
  directive: number;
}

function* candidates(cli: Cli, tree: CommandTree, words: string[], current: string): Wait<Answer> {
  let name = '';
  let spec: CommandSpec = tree.find('')!;
  const operands: string[] = [];
  let pending: string | undefined;
  for (const word of words) {
    if (pending !== undefined) {
      pending = undefined;
      continue;
    }
    const next = name === '' ? word : `${name} ${word}`;
    if (word.startsWith('-')) pending = takesValue(spec, word);
    else if (operands.length === 0 && tree.isGroup(name) && tree.find(next)) {
      name = next;
      spec = tree.find(next)!;
    } else operands.push(word);
  }
  if (pending !== undefined) return yield* listOf(cli, VALUES[pending] ?? 'files');
  if (current.startsWith('-')) return { lines: flagNames(spec, current), directive: NO_FILES };
  if (tree.isGroup(name) && operands.length === 0) {
    return { lines: tree.children(name).map(({ word, spec: s }) => [word, s.title]), directive: NO_FILES };
  }
  const source = ARGUMENTS[spec.path] ?? 'none';
  const isLast = ['container run', 'container create', 'container exec'].includes(spec.path) && operands.length > 0;
  if (isLast) return { lines: [], directive: 0 };
  if ((spec.path === 'network connect' || spec.path === 'network disconnect') && operands.length > 0) {
    return yield* listOf(cli, 'containers');
  }
  const answer = yield* listOf(cli, source);
  return { ...answer, lines: answer.lines.filter(([word]) => !operands.includes(word)) };
}

/** The name of a flag that waits for its value; undefined where it needs none. */
function takesValue(spec: CommandSpec, word: string): string | undefined {
  if (word.includes('=')) return undefined;
  const flag = spec.flags.find((f) => (word.startsWith('--') ? f.name === word.slice(2) : f.short === word.at(-1)));
  return flag && flag.type !== 'bool' ? flag.name : undefined;
}

function flagNames(spec: CommandSpec, current: string): [string, string][] {
  const lines: [string, string][] = [];
  for (const flag of spec.flags) {
    lines.push([`--${flag.name}`, flag.about]);
    if (flag.short !== '' && current.length < 2) lines.push([`-${flag.short}`, flag.about]);
  }
  return lines;
}

function* listOf(cli: Cli, source: Source): Wait<Answer> {
  if (source === 'files') return { lines: [], directive: 0 };
  if (source === 'none' || source === 'contexts') return { lines: [], directive: NO_FILES };
  try {
    const names = yield* namesOf(cli, source);
    return { lines: names.map((n) => [n, '']), directive: NO_FILES };
  } catch (error) {
    if (error instanceof ConnectionError || error instanceof DaemonError) return { lines: [], directive: NO_FILES };
    throw error;
  }
}

function* namesOf(cli: Cli, source: Source): Wait<string[]> {
  const client = yield* cli.client();
  if (source === 'images') {
    const images = yield* client.json<{ RepoTags?: string[] | null }[]>('GET', '/images/json');
    return images.flatMap((i) => i.RepoTags ?? []).filter((t) => t !== '<none>:<none>');
  }
  if (source === 'networks') {
    const networks = yield* client.json<{ Name: string }[]>('GET', '/networks');
    return networks.map((n) => n.Name);
  }
  if (source === 'volumes') {
    const answer = yield* client.json<{ Volumes: { Name: string }[] | null }>('GET', '/volumes');
    return (answer.Volumes ?? []).map((v) => v.Name);
  }
  const all = source !== 'running';
  const containers = yield* client.json<(Json & { Names: string[]; State: string })[]>('GET', '/containers/json', {
    query: { all },
  });
  return containers
    .filter((c) => source !== 'stopped' || ['exited', 'created'].includes(c.State))
    .map((c) => (c.Names[0] ?? '').replace(/^\//, ''));
}
