import { Glob } from '../../../lib/glob.ts';
import { Accounts } from '../../../libc/accounts.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Assignment, CommandPart, ParameterPart, Part, Word } from '../parse/ast.ts';
import { ParseFailure } from '../parse/failure.ts';
import { Parser } from '../parse/parser.ts';
import type { Shell } from '../state/shell.ts';
import { expandBraces, TooManyBraces } from './brace.ts';
import type { FieldTarget } from './fields.ts';
import { passwdNow } from './home.ts';
import { isAll, isPlain, joins } from './many.ts';
import { appendParameter, appendParameterWait } from './parameter.ts';
import { expandPathname, expandPathnameWait, type PathnameOptions } from './pathname.ts';
import { mayGlob } from './pattern.ts';
import { quickOperation } from './quick.ts';
import { FieldSink, JoiningSink, type PatternKind, PatternSink, type Sink, TextSink } from './sink.ts';
import { makeTemplate, smallInteger, type Template } from './template.ts';

/** The expansions that run commands. */
export interface Substitutions {
  /** Runs `part` in a child. @returns its output without trailing newlines */
  command(part: CommandPart): Wait<string>;
  /** Starts the command of `<(…)` or `>(…)`. @returns the path that stands for it */
  process(part: Extract<Part, { k: 'process' }>): Wait<string>;
  /** Gives the command up where Ctrl-C came to an interactive shell meanwhile. */
  heedInterrupt(): Wait<void>;
}

/**
 * The word expansions in their order. Words that cannot wait (`pure`) are expanded by plain functions; the others by the
 * generators whose names end in Wait, which take the plain way for each piece that allows it.
 * @see POSIX 2.6
 */
export class Expander implements FieldTarget {
  constructor(
    readonly shell: Shell,
    readonly substitutions: Substitutions,
  ) {
    shell.expandSubscript = (text) => this.subscript(text);
  }

  // ---- fields

  get ifs(): string {
    return this.shell.ifs;
  }

  get keepsEmpty(): boolean {
    return this.shell.bash;
  }

  get extglob(): boolean {
    return this.shell.shopts.extglob!;
  }

  glob(pattern: string, text: string, out: string[]): void {
    const { shell } = this;
    this.#globbed(expandPathname(shell.sys, pattern, shell.patterns, this.#globOptions()), text, out);
  }

  #globOptions(): PathnameOptions {
    const { shopts, bash, vars, bytes } = this.shell;
    const ignores = bash && (vars.get('GLOBIGNORE') ?? '') !== '';
    return {
      extglob: this.extglob,
      nocase: shopts.nocaseglob!,
      dotglob: shopts.dotglob! || ignores,
      globstar: shopts.globstar!,
      bytes,
      skipDots: bash && (shopts.globskipdots! || ignores),
    };
  }

  #globbed(found: string[], text: string, out: string[]): void {
    const { shopts } = this.shell;
    const kept = this.shell.bash ? this.#ignore(found) : found;
    if (kept.length > 0) {
      for (const name of kept) out.push(name);
      return;
    }
    if (shopts.failglob) {
      this.shell.error(`no match: ${text}`);
      this.shell.abandon();
    }
    if (!shopts.nullglob) out.push(text);
  }

  #ignore(found: string[]): string[] {
    const list = this.shell.vars.get('GLOBIGNORE');
    if (!list) return found;
    const patterns = (list.match(/(?:\[[^\]/]*\](?:[^\]:]*\])?|\\.|[^:])+/g) ?? []).map(
      (p) => new Glob(p, { extglob: this.extglob, pathname: true }),
    );
    return found.filter((name) => !patterns.some((p) => p.match(name)));
  }

  /** Expands pure words into `out`. */
  fields(words: readonly Word[], out: string[]): void {
    for (const word of words) this.addField(word, out);
  }

  addField(word: Word, out: string[]): void {
    if (word.fixed !== undefined) {
      out.push(word.fixed);
      return;
    }
    if (word.brace) {
      const expanded = this.braces(word);
      if (expanded.length !== 1 || expanded[0] !== word) {
        for (const each of expanded) this.addField(each, out);
        return;
      }
    }
    if (word.parts.length === 1) {
      const part = word.parts[0]!;
      if (part.k === 'param' && part.op === '' && part.index === undefined && !part.indirect && this.#plain(part, out))
        return;
      if (part.k === 'dquote' && this.#oneText(part.parts, out)) return;
    }
    const sink = new FieldSink(out, this, this.shell.options.noglob, this.#tildesInWords());
    this.append(word.parts, sink, false);
    sink.end();
  }

  /** An unquoted `$x` whose value needs neither splitting nor globbing. */
  #plain(part: ParameterPart, out: string[]): boolean {
    const c = part.name.charCodeAt(0);
    if (c === 64 || c === 42) return false;
    const value = this.shell.param(part.name);
    if (value === undefined) {
      if (this.shell.options.nounset) return false;
      return true;
    }
    if (value === '') return true;
    if (this.shell.ifs === ' \t\n' ? /[ \t\n*?[\\(]/.test(value) : true) return false;
    out.push(value);
    return true;
  }

  /** A double-quoted word without `$@`: one field. */
  #oneText(parts: readonly Part[], out: string[]): boolean {
    let text = '';
    for (const part of parts) {
      if (part.k === 'lit' || part.k === 'squote') text += part.text;
      else if (
        part.k === 'param' &&
        part.op === '' &&
        part.index === undefined &&
        !part.indirect &&
        part.name !== '@'
      ) {
        const value = this.shell.param(part.name);
        if (value === undefined) {
          if (this.shell.options.nounset) return false;
        } else text += value;
      } else return false;
    }
    out.push(text);
    return true;
  }

  /** bash expands tildes in words that look like assignments. */
  #tildesInWords(): boolean {
    return this.shell.bash && !this.shell.options.posix;
  }

  /** Brace expansion. @returns the word itself where there are no braces */
  braces(word: Word): Word[] {
    try {
      return expandBraces(word);
    } catch (thrown) {
      if (!(thrown instanceof TooManyBraces)) throw thrown;
      this.shell.error(`brace expansion: failed to allocate memory for \`${word.source}'`);
      return this.shell.abandon();
    }
  }

  *fieldsWait(words: readonly Word[], out: string[]): Wait<void> {
    for (const word of words) yield* this.addFieldWait(word, out);
  }

  *addFieldWait(word: Word, out: string[]): Wait<void> {
    if (word.pure && !mayGlob(word)) {
      this.addField(word, out);
      return;
    }
    if (word.brace) {
      const expanded = this.braces(word);
      if (expanded.length !== 1 || expanded[0] !== word) {
        for (const each of expanded) yield* this.addFieldWait(each, out);
        return;
      }
    }
    const fields: string[] = [];
    const globs: { pattern: string; text: string; at: number }[] = [];
    const ifs = (): string => this.ifs;
    const later: FieldTarget = {
      get ifs() {
        return ifs();
      },
      keepsEmpty: this.keepsEmpty,
      extglob: this.extglob,
      glob: (pattern, text) => globs.push({ pattern, text, at: fields.length }),
    };
    const sink = new FieldSink(fields, later, this.shell.options.noglob, this.#tildesInWords());
    yield* this.appendWait(word.parts, sink, false);
    sink.end();
    let from = 0;
    for (const { pattern, text, at } of globs) {
      for (; from < at; from++) out.push(fields[from]!);
      const { sys, patterns } = this.shell;
      const work = expandPathnameWait(sys, pattern, patterns, this.#globOptions());
      let step = work.next();
      for (; !step.done; step = work.next()) {
        yield;
        yield* this.substitutions.heedInterrupt();
      }
      this.#globbed(step.value, text, out);
    }
    for (; from < fields.length; from++) out.push(fields[from]!);
  }

  /** Fields of a word in which no tilde counts. */
  *untildedFieldsWait(word: Word, out: string[]): Wait<void> {
    const sink = new FieldSink(out, this, this.shell.options.noglob, false);
    yield* this.appendWait(word.parts, sink, false);
    sink.end();
  }

  // ---- one text

  /** Expands without splitting or globbing. */
  text(word: Word, assignment = false): string {
    if (word.fixed !== undefined) return word.fixed;
    const quick = this.#quickText(word);
    if (quick !== undefined) return quick;
    const sink = new TextSink(assignment);
    this.append(word.parts, sink, false);
    return sink.text;
  }

  /** The text of a word that is one plain parameter or one arithmetic expansion. */
  #quickText(word: Word): string | undefined {
    if (word.parts.length !== 1) return undefined;
    const part = word.parts[0]!;
    if (part.k === 'arith') return String(this.arithmetic(part.word));
    if (part.k !== 'param') return undefined;
    if (part.op !== '') return quickOperation(this, part);
    if (part.index !== undefined || part.indirect) return undefined;
    if (part.name === '@' || part.name === '*') return undefined;
    return this.shell.param(part.name) ?? (this.shell.options.nounset ? undefined : '');
  }

  /** An assignment that is an argument of a declaration command, as the text that the command gets. */
  declaration(a: Assignment): string {
    const value = this.text(a.value!, true);
    const index = a.index === undefined ? '' : `[${this.quotedText(a.index)}]`;
    return `${a.name}${index}${a.append ? '+' : ''}=${value}`;
  }

  *textWait(word: Word, assignment = false): Wait<string> {
    if (word.pure) return this.text(word, assignment);
    const sink = new TextSink(assignment);
    yield* this.appendWait(word.parts, sink, false);
    return sink.text;
  }

  /** Expands as in double quotes: arithmetic, subscripts, prompts. */
  quotedText(word: Word): string {
    if (word.fixed !== undefined) return word.fixed;
    const sink = new TextSink(false);
    this.append(word.parts, sink, true);
    return sink.text;
  }

  *quotedTextWait(word: Word): Wait<string> {
    if (word.pure) return this.quotedText(word);
    const sink = new TextSink(false);
    yield* this.appendWait(word.parts, sink, true);
    return sink.text;
  }

  /** The body of a here-document. */
  *documentWait(word: Word): Wait<string> {
    const sink = new TextSink(false, true);
    if (word.pure) this.append(word.parts, sink, false);
    else yield* this.appendWait(word.parts, sink, false);
    return sink.text;
  }

  #patternSink(kind: PatternKind): PatternSink {
    return new PatternSink(kind);
  }

  /** Expands to a pattern: what is quoted in the word is quoted in it. */
  pattern(word: Word, kind: PatternKind = 'pattern'): string {
    if (kind === 'pattern' && word.pattern !== undefined) return word.pattern;
    const sink = this.#patternSink(kind);
    this.append(word.parts, sink, false);
    return sink.text;
  }

  *patternWait(word: Word, kind: PatternKind = 'pattern'): Wait<string> {
    if (word.pure) return this.pattern(word, kind);
    const sink = this.#patternSink(kind);
    yield* this.appendWait(word.parts, sink, false);
    return sink.text;
  }

  // ---- parts

  append(parts: readonly Part[], sink: Sink, quoted: boolean): void {
    for (const part of parts) this.#part(part, sink, quoted);
  }

  /** Appends the word of `${x-word}`: its own unquoted text is split as well. */
  appendOperand(word: Word, sink: Sink, quoted: boolean): void {
    if (quoted) sink.quoted('');
    if (quoted) this.append(word.parts, sink, true);
    else
      for (const part of word.parts)
        this.#operandPart(part, joins(this.shell, part, sink) ? new JoiningSink(sink, this.ifs, isPlain(part)) : sink);
  }

  *appendOperandWait(word: Word, sink: Sink, quoted: boolean): Wait<void> {
    if (quoted) {
      sink.quoted('');
      yield* this.appendWait(word.parts, sink, true);
      return;
    }
    for (const part of word.parts) {
      const to = joins(this.shell, part, sink) ? new JoiningSink(sink, this.ifs, isPlain(part)) : sink;
      if (part.pure) this.#operandPart(part, to);
      else yield* this.appendWait([part], to, false);
    }
  }

  #operandPart(part: Part, sink: Sink): void {
    if (part.k === 'lit') sink.split(part.text);
    else this.#part(part, sink, false);
  }

  *appendWait(parts: readonly Part[], sink: Sink, quoted: boolean): Wait<void> {
    for (const part of parts) {
      if (part.pure) {
        this.#part(part, sink, quoted);
        continue;
      }
      switch (part.k) {
        case 'dquote':
          yield* this.#doubleQuotedWait(part.parts, sink);
          break;
        case 'command': {
          const text = yield* this.substitutions.command(part);
          if (quoted) sink.quoted(text);
          else sink.split(text);
          break;
        }
        case 'arith': {
          const value = String(this.shell.evaluate(yield* this.quotedTextWait(part.word)));
          if (quoted) sink.quoted(value);
          else sink.split(value);
          break;
        }
        case 'process':
          sink.quoted(yield* this.substitutions.process(part));
          break;
        case 'param':
          yield* appendParameterWait(this, part, sink, quoted);
          break;
        case 'tilde':
          sink.quoted(yield* this.#home(part.user));
          break;
        default:
      }
    }
  }

  #part(part: Part, sink: Sink, quoted: boolean): void {
    switch (part.k) {
      case 'lit':
        if (quoted) sink.quoted(part.text);
        else sink.literal(part.text);
        return;
      case 'squote':
        sink.quoted(part.text);
        return;
      case 'dquote':
        this.#doubleQuoted(part.parts, sink);
        return;
      case 'param':
        appendParameter(this, part, sink, quoted);
        return;
      case 'arith': {
        const value = String(this.arithmetic(part.word));
        if (quoted) sink.quoted(value);
        else sink.split(value);
        return;
      }
      case 'tilde':
        if (part.assignment && (!sink.assignment || (part.assignment === 'operand' && sink.many)))
          sink.literal(`~${part.user}`);
        else sink.quoted(this.#tilde(part.user));
        return;
      default:
    }
  }

  /** The value of a pure arithmetic expression. */
  arithmetic(word: Word): number | bigint {
    if (word.fixed !== undefined) return this.shell.evaluate(word.fixed);
    const template = this.#templateOf(word);
    if (template) {
      const slots: number[] = [];
      for (const name of template.names) {
        const value = smallInteger(this.shell.param(name));
        if (value === undefined) break;
        slots.push(value);
      }
      if (slots.length === template.names.length) return this.shell.evaluateTemplate(template.text, slots);
    }
    return this.shell.evaluate(this.quotedText(word));
  }

  /** An expression whose expansions are plain parameters is parsed once, with places for their values. */
  #templateOf(word: Word): Template | null {
    const { templates } = this.shell;
    let template = templates.get(word);
    if (template === undefined) {
      template = makeTemplate(word);
      templates.set(word, template);
    }
    return template;
  }

  #doubleQuoted(parts: readonly Part[], sink: Sink): void {
    const many = parts.some((part) => this.#isMany(part, parts.length === 1));
    if (!many) sink.quoted('');
    sink.splitsJoined = sink.many && this.shell.bash && parts.some(isAll);
    this.append(parts, sink, true);
    sink.splitsJoined = false;
  }

  *#doubleQuotedWait(parts: readonly Part[], sink: Sink): Wait<void> {
    const many = parts.some((part) => this.#isMany(part, parts.length === 1));
    if (!many) sink.quoted('');
    sink.splitsJoined = sink.many && this.shell.bash && parts.some(isAll);
    yield* this.appendWait(parts, sink, true);
    sink.splitsJoined = false;
  }

  /** `$@` or `${a[@]}`: becomes several fields in double quotes, or none. */
  #isMany(part: Part, alone: boolean): boolean {
    if (part.k !== 'param' || part.op === 'length') return false;
    if (!this.shell.bash && !alone) return false;
    if (part.op === '-' || part.op === '=' || part.op === '?') return false;
    if (part.indirect && part.index === undefined) return /\[@\]$|^@$/.test(this.shell.param(part.name) ?? '');
    // ${!a[@]@Q} is about what the elements name
    if (part.indirect && part.op !== '') return /\[@\]$/.test(this.shell.element(part.name, '0') ?? '[@]');
    return part.name === '@' || part.index === '@';
  }

  /** The text of a subscript that is a value: quotes taken out, parameters expanded. */
  subscript(text: string): string {
    try {
      const words = new Parser(text, this.shell.parseSettings).wordList();
      return words.every((word) => word.pure) ? words.map((word) => this.text(word)).join(' ') : text;
    } catch (thrown) {
      // a quote in it that nothing closes is one of its characters
      if (thrown instanceof ParseFailure) return text;
      throw thrown;
    }
  }

  #tilde(user: string): string {
    const { shell } = this;
    if (user === '') return shell.vars.get('HOME') ?? this.#ownHome();
    if (user === '+') return shell.vars.get('PWD') ?? '~+';
    if (user === '-') return shell.vars.get('OLDPWD') ?? '~-';
    if (/^[-+]?\d+$/.test(user)) {
      const stack = [shell.cwd, ...shell.dirStack];
      const n = Math.abs(Number(user));
      return stack[user.startsWith('-') ? stack.length - 1 - n : n] ?? `~${user}`;
    }
    return passwdNow(shell.sys).find((entry) => entry.name === user)?.dir ?? `~${user}`;
  }

  #ownHome(): string {
    return this.shell.bash && this.shell.sys.credentials().uid === 0 ? '/root' : '~';
  }

  *#home(user: string): Wait<string> {
    const entry = yield* new Accounts(this.shell.sys).byName(user);
    return entry?.dir ?? `~${user}`;
  }

  /** `${x@P}`: set by the interpreter, which knows the prompt's escapes. */
  promptText: (text: string) => string = (text) => text;
}
