import { type CommandSpec, type CommandTree, copyUsage, type FlagSpec } from './tree.ts';

/** Columns that help is wrapped to where stdout is no terminal. */
export const DEFAULT_WIDTH = 80;

const COMMON = 'run exec ps build bake pull push images login logout search version info'.split(' ');
const SWARM = new Set(['config', 'node', 'secret', 'service', 'stack', 'swarm']);
/** Plugins, which help marks. */
const PLUGINS = new Set(['buildx', 'compose']);
/** What an engine that is in no swarm hides. */
const HIDDEN = new Set([
  ...['config', 'node', 'secret', 'service', 'stack'],
  ...['swarm ca', 'swarm join-token', 'swarm leave', 'swarm unlock', 'swarm unlock-key', 'swarm update'],
]);

/** The text of `docker NAME --help`. */
export function helpText(
  tree: CommandTree,
  name: string,
  spec: CommandSpec,
  home: string,
  width = DEFAULT_WIDTH,
): string {
  const group = tree.isGroup(name);
  let text = `Usage:  ${headLine(name, spec)}\n\n${spec.title}\n`;
  if (spec.aliases.length > 0) {
    text += `\nAliases:\n  ${spec.aliases.map((a) => `docker ${a}`).join(', ')}\n`;
  }
  const flags = [...spec.flags].sort((a, b) => (a.name < b.name ? -1 : 1));
  const table = flags.length > 0 ? flagTable(flags, home, width) : '';
  if (table !== '' && name !== '') text += `\nOptions:\n${table}`;
  if (group) text += commandLists(tree, name);
  if (name === '') text += `\nGlobal Options:\n${table}`;
  if (group) {
    const path = name === '' ? 'docker' : `docker ${name}`;
    text += `\nRun '${path} COMMAND --help' for more information on a command.\n`;
  }
  if (name === '') text += '\nFor more help on how to use Docker, head to https://docs.docker.com/go/guides/\n';
  return text;
}

function headLine(name: string, spec: CommandSpec): string {
  if (spec.line !== undefined) return `docker ${spec.line}`;
  const own = name === '' ? 'docker' : `docker ${name}`;
  if (name === 'container cp' || name === 'cp') return copyUsage(own);
  return spec.usage === '' ? own : `${own} ${spec.usage}`;
}

function commandLists(tree: CommandTree, name: string): string {
  const children = tree.children(name);
  if (name !== '') {
    const groups = children.filter(({ word }) => tree.isGroup(`${name} ${word}`));
    const verbs = children.filter((child) => !groups.includes(child) && !HIDDEN.has(`${name} ${child.word}`));
    const rows = (of: typeof children) => of.map(({ word, spec }) => [word, spec.title] as const);
    return (groups.length > 0 ? list('Management Commands', rows(groups)) : '') + list('Commands', rows(verbs));
  }
  const titles = new Map(children.map(({ word, spec }) => [word, spec.title]));
  const row = (word: string): [string, string] => [PLUGINS.has(word) ? `${word}*` : word, titles.get(word) ?? ''];
  const groups = children.map((c) => c.word).filter((w) => tree.isGroup(w) && !HIDDEN.has(w));
  const rest = children.map((c) => c.word).filter((w) => !tree.isGroup(w) && !COMMON.includes(w));
  return (
    list('Common Commands', COMMON.filter((w) => titles.has(w)).map(row)) +
    list('Management Commands', groups.filter((w) => !SWARM.has(w)).map(row)) +
    list('Swarm Commands', groups.filter((w) => SWARM.has(w)).map(row)) +
    list('Commands', rest.map(row))
  );
}

function list(title: string, rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(11, ...rows.map(([word]) => word.length));
  return `\n${title}:\n${rows.map(([word, text]) => `  ${word.padEnd(width)} ${text}\n`).join('')}`;
}

/** The table of options: names, types, wrapped descriptions with their defaults. */
function flagTable(flags: readonly FlagSpec[], home: string, width: number): string {
  const heads = flags.map((flag) => {
    const short = flag.short === '' ? '      ' : `  -${flag.short}, `;
    return `${short}--${flag.name}${flag.type === 'bool' ? '' : ` ${flag.type}`}`;
  });
  const column = Math.max(...heads.map((h) => h.length)) + 3;
  return flags
    .map((flag, i) => {
      const value = flag.default === undefined ? '' : ` (default ${flag.default.replace('~', home)})`;
      return `${heads[i]!.padEnd(column)}${wrap(flag.about + value, column, width)}\n`;
    })
    .join('');
}

/** Columns that a line may go over its limit rather than leave an orphan. */
const SLOP = 5;

/** Wraps a description as pflag does. */
function wrap(text: string, indent: number, width: number): string {
  const limit = width - 1 - indent - SLOP;
  const lines: string[] = [];
  let rest = text;
  while (rest !== '') {
    const [line, left] = wrapLine(limit, rest);
    lines.push(line);
    rest = left;
  }
  return lines.join(`\n${' '.repeat(indent)}`);
}

function wrapLine(limit: number, text: string): [string, string] {
  if (limit + SLOP > text.length) return [text, ''];
  const at = text.slice(0, limit).lastIndexOf(' ');
  return at <= 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
