import { decode } from '../../lib/utf8.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { expand, glob, type Scope, wordsOf } from './expand.ts';
import { type Make, MakeError, type Origin, type Recipe, type Rule, stemOf, type Variables } from './state.ts';

interface Line {
  text: string;
  number: number;
}

/** Reads a makefile's text: assignments, conditionals, includes and rules, as they come. */
export class Reader {
  #lines: Line[] = [];
  #at = 0;
  readonly #conditions: { taken: boolean; active: boolean; outer: boolean }[] = [];
  #recipe: Recipe | undefined;
  #targets: Rule[] = [];
  readonly #make: Make;
  readonly #file: string;

  constructor(make: Make, file: string) {
    this.#make = make;
    this.#file = file;
  }

  *read(text: string, firstLine = 1): Wait<void> {
    this.#lines = text.split('\n').map((line, i) => ({ text: line, number: i + firstLine }));
    if (this.#lines.at(-1)?.text === '') this.#lines.pop();
    while (this.#at < this.#lines.length) {
      if (this.#make.sys.tick()) yield;
      const line = this.#lines[this.#at]!;
      if (line.text.startsWith('\t') && this.#targets.length > 0 && this.#active) {
        this.#recipeLine();
        continue;
      }
      yield* this.#statement(this.#logical());
    }
    if (this.#conditions.length > 0)
      throw new MakeError("missing 'endif'.", `${this.#file}:${(this.#lines.at(-1)?.number ?? 0) + 1}`);
  }

  get #active(): boolean {
    return this.#conditions.every((condition) => condition.active);
  }

  /** A line of a recipe with those that a backslash joins to it: kept as they stand. */
  #recipeLine(): void {
    const { text, number } = this.#lines[this.#at++]!;
    let whole = text.slice(1);
    while (/(?:^|[^\\])(?:\\\\)*\\$/.test(whole) && this.#at < this.#lines.length)
      whole += `\n${this.#lines[this.#at++]!.text.replace(/^\t/, '')}`;
    if (!this.#recipe) {
      this.#recipe = { lines: [], file: this.#file, line: number };
      this.#attach();
    }
    this.#recipe.lines.push(whole);
  }

  #attach(): void {
    for (const rule of this.#targets) rule.recipe = this.#recipe;
  }

  /** The next line with its continuations, in one. */
  #logical(): Line {
    const first = this.#lines[this.#at++]!;
    let text = first.text.replace(/\r$/, '');
    while (/(?:^|[^\\])(?:\\\\)*\\$/.test(text) && this.#at < this.#lines.length)
      text = `${text.slice(0, -1).trimEnd()} ${this.#lines[this.#at++]!.text.trimStart()}`;
    return { text, number: first.number };
  }

  #where(line: Line): string {
    return `${this.#file}:${line.number}`;
  }

  *#statement(line: Line): Wait<void> {
    const text = withoutComment(line.text);
    const words = text.trim();
    if (words === '') return;
    const scope: Scope = { layers: [], at: this.#where(line) };
    if (yield* this.#conditional(words, scope)) return;
    if (!this.#active) return;
    const define = /^(override\s+)?(?:export\s+)?define\s+(.+?)\s*([:?+!]?:?:?=)?$/.exec(words);
    if (define) return yield* this.#define(define[2]!, define[3] ?? '=', define[1] !== undefined, scope);
    if (text.startsWith('\t') && this.#targets.length === 0 && !/^\s*[\w.-]+\s*[:+?!]?=/.test(words))
      throw new MakeError('recipe commences before first target.', scope.at);
    const include = /^(-include|sinclude|include)\s+(.*)$/.exec(words);
    if (include) return yield* this.#include(include[2]!, include[1] !== 'include', scope);
    if (yield* this.#directive(words, scope)) return;
    if (yield* this.#assignment(words, scope)) return;
    yield* this.#rule(text, scope);
  }

  // ---- conditionals

  *#conditional(words: string, scope: Scope): Wait<boolean> {
    const match = /^(ifeq|ifneq|ifdef|ifndef|else|endif)\b\s*(.*)$/.exec(words);
    if (!match) return false;
    const [, kind, rest] = match as unknown as [string, string, string];
    const top = this.#conditions.at(-1);
    if (kind === 'endif') {
      if (!top) throw new MakeError("extraneous 'endif'.", scope.at);
      this.#conditions.pop();
    } else if (kind === 'else') {
      if (!top) throw new MakeError("extraneous 'else'.", scope.at);
      const again = /^(ifeq|ifneq|ifdef|ifndef)\b\s*(.*)$/.exec(rest);
      const wanted = !top.taken && top.outer;
      top.active = wanted && (again ? yield* this.#test(again[1]!, again[2]!, scope) : true);
      top.taken ||= top.active;
    } else {
      const outer = this.#active;
      const active = outer && (yield* this.#test(kind, rest, scope));
      this.#conditions.push({ taken: active, active, outer });
    }
    return true;
  }

  *#test(kind: string, rest: string, scope: Scope): Wait<boolean> {
    if (kind === 'ifdef' || kind === 'ifndef') {
      const name = (yield* expand(this.#make, rest, scope)).trim();
      return ((this.#make.variables.get(name)?.value ?? '') !== '') === (kind === 'ifdef');
    }
    const sides = conditionSides(rest);
    if (!sides) throw new MakeError('invalid syntax in conditional.', scope.at);
    const a = yield* expand(this.#make, sides[0], scope);
    const b = yield* expand(this.#make, sides[1], scope);
    return (a === b) === (kind === 'ifeq');
  }

  // ---- variables

  *#define(name: string, op: string, override: boolean, scope: Scope): Wait<void> {
    const lines: string[] = [];
    for (let depth = 1; ; ) {
      const line = this.#lines[this.#at++];
      if (!line) throw new MakeError("missing 'endef', unterminated 'define'.", scope.at);
      if (/^\s*define\b/.test(line.text)) depth++;
      if (/^\s*endef\b/.test(line.text) && --depth === 0) break;
      lines.push(line.text);
    }
    yield* assign(
      this.#make,
      yield* expand(this.#make, name, scope),
      op,
      lines.join('\n'),
      override ? 'override' : 'file',
      scope,
    );
  }

  *#directive(words: string, scope: Scope): Wait<boolean> {
    const match = /^(export|unexport|undefine|vpath|private)\b\s*(.*)$/.exec(words);
    if (!match || /^\s*[:+?!]?=/.test(match[2]!)) return false;
    const [, kind, rest] = match as unknown as [string, string, string];
    if (kind === 'private') return yield* this.#assignment(rest, scope);
    if (kind === 'export' && rest === '') this.#make.exportAll = true;
    else if (kind === 'export' && (yield* this.#assignment(rest, scope, true))) return true;
    else
      for (const name of wordsOf(yield* expand(this.#make, rest, scope))) {
        const found = this.#make.variables.get(name);
        if (kind === 'undefine') this.#make.variables.delete(name);
        else if (found) found.exported = kind === 'export';
        else if (kind === 'export')
          this.#make.variables.set(name, { value: '', recursive: true, origin: 'file', exported: true });
      }
    return true;
  }

  *#assignment(words: string, scope: Scope, exported = false): Wait<boolean> {
    const match = splitAssignment(words);
    if (!match) return false;
    const override = /^override\s+/.exec(match.name);
    const name = (yield* expand(this.#make, match.name.slice(override?.[0].length ?? 0), scope)).trim();
    if (/\s/.test(name) || name === '') {
      if (name === '') throw new MakeError('empty variable name.', scope.at);
      return false;
    }
    yield* assign(this.#make, name, match.op, match.value, override ? 'override' : 'file', scope);
    if (exported) this.#make.variables.get(name)!.exported = true;
    return true;
  }

  // ---- includes

  *#include(rest: string, optional: boolean, scope: Scope): Wait<void> {
    for (const word of wordsOf(yield* expand(this.#make, rest, scope))) {
      const names = /[*?[]/.test(word) ? glob(this.#make, word) : [word];
      for (const name of names) {
        let bytes = yield* readFile(this.#make.sys, name);
        for (const folder of typeof bytes === 'number' && !name.startsWith('/') ? this.#make.options.includes : [])
          if (typeof bytes === 'number') bytes = yield* readFile(this.#make.sys, `${folder}/${name}`);
        if (typeof bytes === 'number') {
          if (optional) continue;
          yield* this.#make.err(`${scope.at}: ${name}: ${this.#make.ctx.strerror(bytes)}\n`);
          throw new MakeError(`No rule to make target '${name}'.`);
        }
        noteFile(this.#make, name);
        yield* new Reader(this.#make, name).read(decode(bytes));
      }
    }
    this.#targets = [];
  }

  // ---- rules

  *#rule(text: string, scope: Scope): Wait<void> {
    const make = this.#make;
    // A recipe may begin behind a semicolon: it is not expanded yet.
    const semicolon = outside(text, ';');
    const head = semicolon < 0 ? text : text.slice(0, semicolon);
    const colonBefore = outside(head, ':');
    if (colonBefore >= 0) {
      const variable = splitAssignment(head.slice(colonBefore + 1).replace(/^:/, ''));
      if (variable && !/^\s*:/.test(head.slice(colonBefore + 1)) && head[colonBefore + 1] !== '=')
        return yield* this.#targetVariable(head.slice(0, colonBefore), text.slice(colonBefore + 1), scope);
    }
    const line = (yield* expand(make, head, scope)).trim();
    const colon = line.search(/:(?![\\/])|:(?=\/)/);
    if (line === '') {
      this.#targets = [];
      return;
    }
    if (colon < 0)
      throw new MakeError(
        text.startsWith('        ')
          ? 'missing separator (did you mean TAB instead of 8 spaces?).'
          : 'missing separator.',
        scope.at,
      );
    const doubleColon = line[colon + 1] === ':';
    const targets = wordsOf(line.slice(0, colon).replace(/&$/, '')).flatMap((word) =>
      /[*?[]/.test(word) ? globOr(make, word) : [word],
    );
    const rest = line.slice(colon + (doubleColon ? 2 : 1));
    this.#recipe = undefined;
    this.#targets = [];
    const second = rest.indexOf(':');
    if (second >= 0 && rest.slice(0, second).includes('%'))
      this.#staticPattern(targets, rest.slice(0, second).trim(), rest.slice(second + 1), scope);
    else {
      const [normal, orderOnly = ''] = rest.split('|');
      this.#add(targets, expandAll(make, normal!), expandAll(make, orderOnly), doubleColon, scope);
    }
    if (semicolon >= 0) {
      this.#recipe = {
        lines: [text.slice(semicolon + 1).trimStart()],
        file: this.#file,
        line: Number(scope.at.split(':').pop()),
      };
      this.#attach();
    }
  }

  #add(targets: string[], prerequisites: string[], orderOnly: string[], doubleColon: boolean, scope: Scope): void {
    const make = this.#make;
    for (const target of targets) this.#special(target, prerequisites);
    const rule: Rule = { targets, prerequisites, orderOnly, recipe: undefined, doubleColon, at: scope.at };
    this.#targets = [rule];
    make.rules.push(rule);
    const first = targets.find((target) => !target.includes('%') && (!target.startsWith('.') || target.includes('/')));
    if (first !== undefined) make.goal ??= first;
  }

  #special(target: string, prerequisites: readonly string[]): void {
    if (target === '.PHONY') for (const name of prerequisites) this.#make.phony.add(name);
    if (
      /^\.(?:SILENT|IGNORE|ONESHELL|DELETE_ON_ERROR|NOTPARALLEL|EXPORT_ALL_VARIABLES|POSIX)$/.test(target) &&
      prerequisites.length === 0
    )
      this.#make.special.add(target);
    else if (target === '.SILENT' || target === '.IGNORE')
      for (const name of prerequisites) this.#make.special.add(`${target} ${name}`);
    if (target === '.EXPORT_ALL_VARIABLES') this.#make.exportAll = true;
  }

  #staticPattern(targets: string[], pattern: string, rest: string, scope: Scope): void {
    const [normal, orderOnly = ''] = rest.split('|');
    for (const target of targets) {
      const stem = wordsOf(pattern)
        .map((p) => stemOf(p, target))
        .find((s) => s !== undefined);
      if (stem === undefined) throw new MakeError(`target '${target}' doesn't match the target pattern`, scope.at);
      const fill = (words: string): string[] => wordsOf(words).map((word) => word.replace('%', () => stem));
      const rule: Rule = {
        targets: [target],
        prerequisites: fill(normal!),
        orderOnly: fill(orderOnly),
        recipe: undefined,
        doubleColon: false,
        stem,
        at: scope.at,
      };
      this.#targets.push(rule);
      this.#make.rules.push(rule);
      this.#make.goal ??= target;
    }
  }

  *#targetVariable(left: string, right: string, scope: Scope): Wait<void> {
    const clean = right.trim().replace(/^(?:private|export)\s+/, '');
    const override = /^override\s+/.test(clean);
    const match = splitAssignment(clean.replace(/^override\s+/, ''))!;
    for (const target of wordsOf(yield* expand(this.#make, left, scope))) {
      const entry = { name: match.name.trim(), op: match.op, value: match.value, override };
      if (target.includes('%')) this.#make.patternVariables.push({ pattern: target, ...entry });
      else this.#make.targetVariables.set(target, [...(this.#make.targetVariables.get(target) ?? []), entry]);
    }
    this.#targets = [];
  }
}

export function noteFile(make: Make, name: string): void {
  const list = make.variables.get('MAKEFILE_LIST')?.value ?? '';
  make.variables.set('MAKEFILE_LIST', { value: `${list} ${name}`, recursive: false, origin: 'file' });
}

const globOr = (make: Make, word: string): string[] => {
  const found = glob(make, word);
  return found.length > 0 ? found : [word];
};

const expandAll = (make: Make, text: string): string[] =>
  wordsOf(text).flatMap((word) => (/[*?[]/.test(word) ? globOr(make, word) : [word]));

/** The text up to a # that no backslash precedes. */
function withoutComment(text: string): string {
  let out = '';
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\' && text[i + 1] === '#') {
      out += '#';
      i++;
    } else if (text[i] === '#' && !text.startsWith('\t')) return out;
    else out += text[i];
  }
  return out;
}

/** The first `mark` outside of $( ) and ${ }. */
function outside(text: string, mark: string): number {
  let level = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '$' && (text[i + 1] === '(' || text[i + 1] === '{')) {
      level++;
      i++;
    } else if (level > 0 && (text[i] === '(' || text[i] === '{')) level++;
    else if (level > 0 && (text[i] === ')' || text[i] === '}')) level--;
    else if (level === 0 && text[i] === mark) return i;
  }
  return -1;
}

/** `NAME op VALUE`; undefined where a colon of a rule comes first, or there is no operator. */
function splitAssignment(text: string): { name: string; op: string; value: string } | undefined {
  let level = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '$' && (text[i + 1] === '(' || text[i + 1] === '{')) {
      level++;
      i++;
      continue;
    }
    if (level > 0) {
      if (c === '(' || c === '{') level++;
      else if (c === ')' || c === '}') level--;
      continue;
    }
    const op = /^(?::::=|::=|:=|\+=|\?=|!=|=)/.exec(text.slice(i))?.[0];
    if (op !== undefined) return { name: text.slice(0, i), op, value: text.slice(i + op.length).trimStart() };
    if (c === ':') return undefined;
  }
  return undefined;
}

/** `(a,b)`, `"a" "b"` */
function conditionSides(text: string): [string, string] | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('(') && trimmed.endsWith(')')) {
    const inner = trimmed.slice(1, -1);
    const comma = outside(inner, ',');
    return comma < 0 ? undefined : [inner.slice(0, comma).trim(), inner.slice(comma + 1).trim()];
  }
  const match = /^(?:"([^"]*)"|'([^']*)')\s*(?:"([^"]*)"|'([^']*)')$/.exec(trimmed);
  return match ? [match[1] ?? match[2] ?? '', match[3] ?? match[4] ?? ''] : undefined;
}

const RANK: Readonly<Record<Origin, number>> = {
  default: 0,
  environment: 1,
  file: 2,
  'command line': 3,
  override: 4,
  automatic: 5,
};

/** Sets a variable as an operator says, where nothing stronger has set it. @param into where it is set: usually the makefile's variables */
export function* assign(
  make: Make,
  name: string,
  op: string,
  text: string,
  origin: Origin,
  scope: Scope,
  into: Variables = make.variables,
): Wait<void> {
  const old = into.get(name) ?? make.variables.get(name);
  if (old && RANK[old.origin] > RANK[origin] && old.origin !== 'automatic') return;
  if (old?.origin === 'environment' && make.options.environmentWins && origin === 'file') return;
  const exported = old?.exported ?? (old?.origin === 'environment' ? true : undefined);
  const set = (value: string, recursive: boolean): void => {
    into.set(name, { value, recursive, origin, ...(exported === undefined ? {} : { exported }) });
  };
  if (op === '?=') {
    if (!old) set(text, true);
  } else if (op === '+=') {
    if (!old) set(text, true);
    else if (old.recursive) set(old.value === '' ? text : `${old.value} ${text}`, true);
    else set(`${old.value}${old.value === '' ? '' : ' '}${yield* expand(make, text, scope)}`, false);
  } else if (op === '!=') set(yield* make.shell(yield* expand(make, text, scope)), true);
  else if (op === '=') set(text, true);
  else set(yield* expand(make, text, scope), false);
}

/** For rules of suffixes: `.c.o` is `%.o: %.c`. */
export function suffixPattern(target: string): { target: string; prerequisite: string } | undefined {
  const match = /^(\.[A-Za-z]+)(\.[A-Za-z]+)?$/.exec(target);
  if (!match || target === '.PHONY' || /^\.[A-Z]/.test(target)) return undefined;
  return match[2] === undefined
    ? { target: '%', prerequisite: `%${match[1]}` }
    : { target: `%${match[2]}`, prerequisite: `%${match[1]}` };
}
