import data from './commands.json' with { type: 'json' };

/** A flag as it is declared. */
export interface FlagSpec {
  readonly name: string;
  /** One letter, or ''. */
  readonly short: string;
  /** What help shows after the name: `string`, `list`, `bytes`; `bool` shows nothing. */
  readonly type: string;
  /** The text of help's `(default …)`, undefined where there is none. */
  readonly default: string | undefined;
  readonly about: string;
  /** Of the program as a whole, before the command. */
  readonly global: boolean;
}

/** A command as it is declared: what help prints and what the parser needs. */
export interface CommandSpec {
  /** Its place in the tree and in the folder of commands: `container run`. */
  readonly path: string;
  /** Other names: `run`, `container list`. All of them, this one too; [] where there are none. */
  readonly aliases: readonly string[];
  /** Those names that are commands of their own (and not only other spellings). */
  readonly paths: readonly string[];
  readonly title: string;
  /** Arguments after the name, `[OPTIONS] IMAGE [COMMAND] [ARG...]`. */
  readonly usage: string;
  /** The whole usage line after `docker `, where it does not begin with the name. */
  readonly line: string | undefined;
  /** Fewest and most arguments (null: any number); undefined: the command looks itself. */
  readonly args: readonly [number, number | null] | undefined;
  readonly flags: readonly FlagSpec[];
}

type FlagRow = [string, string, string, string | null, string, number?];
interface Row {
  usage?: string;
  line?: string;
  title?: string;
  aliases?: string[];
  paths?: string[];
  args?: [number, number | null];
  flags?: FlagRow[];
  like?: string;
  differs?: Record<string, string | null>;
}

const rows = data as unknown as Record<string, Row>;

function flagsOf(row: Row): FlagSpec[] {
  return (row.flags ?? []).map(([name, short, type, value, about, global]) => ({
    name,
    short,
    type,
    default: value ?? undefined,
    about,
    global: global === 1,
  }));
}

function specOf(path: string, row: Row): CommandSpec {
  if (row.like !== undefined) {
    const { differs = {} } = row;
    const base = specOf(row.like, rows[row.like]!);
    const flags = base.flags.map((f) => (f.name in differs ? { ...f, default: differs[f.name] ?? undefined } : f));
    return { ...base, path: row.like, paths: [path], flags };
  }
  return {
    path,
    aliases: row.aliases ?? [],
    paths: row.paths ?? [path],
    title: row.title ?? '',
    usage: row.usage ?? '',
    line: row.line,
    args: row.args,
    flags: flagsOf(row),
  };
}

/** Every command by each of its names: `ps`, `container ls`, `container list`. */
export class CommandTree {
  /** By names that are commands of their own. */
  readonly commands: ReadonlyMap<string, CommandSpec>;
  readonly #names: ReadonlyMap<string, CommandSpec>;
  readonly #parents: ReadonlySet<string>;

  constructor() {
    const commands = new Map<string, CommandSpec>();
    const names = new Map<string, CommandSpec>();
    for (const [path, row] of Object.entries(rows)) {
      const spec = specOf(path, row);
      for (const name of spec.paths) commands.set(name, spec);
    }
    for (const spec of commands.values()) for (const name of spec.aliases) names.set(name, spec);
    for (const [name, spec] of commands) names.set(name, spec);
    this.commands = commands;
    this.#names = names;
    this.#parents = new Set(
      [...commands.keys()].filter((n) => n !== '').map((n) => n.split(' ').slice(0, -1).join(' ')),
    );
  }

  /** The command of a name, undefined where there is none. */
  find(name: string): CommandSpec | undefined {
    return this.#names.get(name);
  }

  /** Whether other commands stand below it. */
  isGroup(name: string): boolean {
    return this.#parents.has(name);
  }

  /** The commands directly below a name, without the other spellings, by name. */
  children(name: string): { word: string; spec: CommandSpec }[] {
    const prefix = name === '' ? '' : `${name} `;
    const found: { word: string; spec: CommandSpec }[] = [];
    for (const [path, spec] of this.commands) {
      if (path === '' || !path.startsWith(prefix)) continue;
      const word = path.slice(prefix.length);
      if (word !== '' && !word.includes(' ')) found.push({ word, spec });
    }
    return found.sort((a, b) => (a.word < b.word ? -1 : 1));
  }
}

/** Groups whose usage line in errors says more than their name. */
const GROUP_USAGE: Readonly<Record<string, string>> = { volume: ' COMMAND', manifest: ' COMMAND', stack: ' [OPTIONS]' };

/** The two lines of `docker cp`. */
export const copyUsage = (own: string): string =>
  `${own} [OPTIONS] CONTAINER:SRC_PATH DEST_PATH|-\n\tdocker cp [OPTIONS] SRC_PATH|- CONTAINER:DEST_PATH`;

/** `docker container run [OPTIONS] …` as an error message shows it, under the name that was typed. */
export function usageLine(name: string, spec: CommandSpec, isGroup: boolean): string {
  if (spec.line !== undefined) return `docker ${spec.line}`;
  if (name === '') return 'docker [OPTIONS] COMMAND [ARG...]';
  if (isGroup) return `docker ${name}${GROUP_USAGE[name] ?? ''}`;
  if (name === 'cp' || name === 'container cp') return copyUsage(`docker ${name}`);
  return spec.usage === '' ? `docker ${name}` : `docker ${name} ${spec.usage}`;
}
