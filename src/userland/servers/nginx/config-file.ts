import { EMFILE } from '../../../abi/errno.ts';
import { isDirectory, Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { isGlobPattern, matchGlob } from '../../../lib/glob.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait } from '../../../libc/io.ts';
import { joinPath, listDir } from '../../../libc/paths.ts';
import { strerror } from '../../../libc/strerror.ts';
import { DIRECTIVES, type DirectiveRule, FLAGS, type Level, REPEATABLE } from './directives.ts';
import { ConfigError, Tokens } from './tokens.ts';

/** A statement of the configuration, includes put in their place. */
export interface Directive {
  name: string;
  args: string[];
  file: string;
  line: number;
  /** Those in its braces. */
  block: Directive[];
}

/** A configuration as read: its statements and, for -T, the files in the order in which they were opened. */
export interface ConfigFiles {
  directives: Directive[];
  files: { path: string; text: string }[];
}

/** A mistake at a directive. */
export const failAt = (directive: Directive, message: string): ConfigError =>
  new ConfigError(
    directive.file === '' ? `${message} in command line` : `${message} in ${directive.file}:${directive.line}`,
  );

/** `(2: No such file or directory)` */
export const errnoText = (sys: Sys, errno: number): string =>
  `(${Math.abs(errno)}: ${strerror(Math.abs(errno), sys.image.flavour)})`;

/** Files that are open at once, each within the one that includes it. */
const OPEN_MOST = 500;

/** Reads configuration files and checks names, places and numbers of arguments of all directives. */
export class ConfigReader {
  readonly files: { path: string; text: string }[] = [];

  constructor(
    readonly sys: Sys,
    /** Directory of the main file: relative names of includes start there. */
    readonly base: string,
  ) {}

  readonly #top: Directive[] = [];
  #depth = 0;

  /** Reads the words of `-g`, which stand before the main file's. @throws ConfigError */
  *commandLine(text: string): Wait<void> {
    yield* this.#block(new Tokens(text, undefined), 'm', this.#top, true);
  }

  /** Reads the main file. @returns all directives @throws ConfigError */
  *main(path: string): Wait<Directive[]> {
    yield* this.#file(path, 'm', this.#top, '');
    return this.#top;
  }

  /** @param where what stands behind the message when it cannot be opened */
  *#file(path: string, level: Level | 'free', out: Directive[], where: string): Wait<void> {
    const bytes = this.#depth > OPEN_MOST ? -EMFILE : yield* readFile(this.sys, path);
    if (typeof bytes === 'number')
      throw new ConfigError(`open() "${path}" failed ${errnoText(this.sys, bytes)}${where}`);
    const text = decode(bytes);
    if (!this.files.some((f) => f.path === path)) this.files.push({ path, text });
    this.#depth++;
    yield* this.#block(new Tokens(text, path), level, out, true);
    this.#depth--;
  }

  *#block(tokens: Tokens, level: Level | 'free', out: Directive[], outermost: boolean): Wait<void> {
    for (;;) {
      const { words, end, line } = tokens.statement();
      if (end === 'eof') {
        if (!outermost) throw tokens.fail('unexpected end of file, expecting "}"');
        return;
      }
      if (end === '}') {
        if (outermost) throw tokens.fail('unexpected "}"');
        return;
      }
      const directive: Directive = { name: words[0]!, args: words.slice(1), file: tokens.place ?? '', line, block: [] };
      if (level === 'free' && directive.name !== 'include') {
        if (end === '{') throw tokens.fail('unexpected "{"');
        out.push(directive);
        continue;
      }
      const rule = check(tokens, directive, end, level);
      if (directive.name === 'include') {
        for (const path of this.#included(directive)) yield* this.#file(path, level, out, placeOf(directive));
        continue;
      }
      if (!REPEATABLE.has(directive.name) && out.some((other) => other.name === directive.name))
        throw tokens.fail(`"${directive.name}" directive is duplicate`);
      out.push(directive);
      if (rule.block !== undefined)
        yield* this.#block(tokens, insideOf(directive.name, rule.block, level), directive.block, false);
    }
  }

  /** The files that an include names: with wildcards those that there are, sorted. */
  #included(directive: Directive): string[] {
    const name = directive.args[0]!;
    const path = name.startsWith('/') ? name : joinPath(this.base, name);
    if (!isGlobPattern(path)) return [path];
    let found = [''];
    for (const part of path.split('/').slice(1)) {
      found = found.flatMap((dir) => {
        if (!isGlobPattern(part)) return [`${dir}/${part}`];
        const names = listDir(this.sys, dir || '/');
        if (typeof names === 'number') return [];
        return names.filter((n) => matchGlob(part, n, { period: true })).map((n) => `${dir}/${n}`);
      });
    }
    const st = new Stat();
    return found.filter((p) => this.sys.stat(p, st) === 0 && !isDirectory(st.mode)).sort();
  }
}

const placeOf = (directive: Directive): string => ` in ${directive.file}:${directive.line}`;

function insideOf(name: string, block: Level | 'free', level: Level | 'free'): Level | 'free' {
  return name === 'if' && level === 'l' ? 'j' : block;
}

function check(tokens: Tokens, directive: Directive, end: ';' | '{', level: Level | 'free'): DirectiveRule {
  const { name, args } = directive;
  let rule = DIRECTIVES.get(name);
  if (!rule) throw tokens.fail(`unknown directive "${name}"`);
  if (level === 'free') return rule;
  if (!rule.levels.includes(level)) throw tokens.fail(`"${name}" directive is not allowed here`);
  // one name, two directives: a block of http, a line of upstream
  if (name === 'server') rule = level === 'u' ? { ...rule, least: 1, block: undefined } : { ...rule, most: 0 };
  if (rule.block === undefined && end === '{') throw tokens.fail(`directive "${name}" is not terminated by ";"`);
  if (rule.block !== undefined && end === ';') throw tokens.fail(`directive "${name}" has no opening "{"`);
  if (args.length < rule.least || args.length > rule.most)
    throw tokens.fail(`invalid number of arguments in "${name}" directive`);
  if (FLAGS.has(name) && !/^(on|off)$/i.test(args[0]!))
    throw tokens.fail(`invalid value "${args[0]}" in "${name}" directive, it must be "on" or "off"`);
  return rule;
}
