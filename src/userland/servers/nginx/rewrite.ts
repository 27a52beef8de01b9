import { isDirectory, isRegular, Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { compileRegex, type Regex, RegexError } from '../../../lib/regex/regex.ts';
import { type Directive, failAt } from './config-file.ts';
import { splitUri } from './request-line.ts';
import type { Scope } from './scope.ts';
import type { Template } from './template.ts';

/** One step of the rewrite module, in the order of the configuration. */
export type RewriteStep =
  | { kind: 'set'; name: string; value: Template }
  | { kind: 'break' }
  | { kind: 'return'; status: number; text: Template | undefined }
  | {
      kind: 'rewrite';
      regex: Regex;
      replacement: Template;
      flag: 'last' | 'break' | 'redirect' | 'permanent' | undefined;
      redirects: boolean;
      dropArgs: boolean;
    }
  | { kind: 'if'; condition: Condition; steps: readonly RewriteStep[]; scope: Scope };

type Condition =
  | { test: 'set'; variable: string }
  | { test: 'equals'; variable: string; value: Template; negated: boolean }
  | { test: 'matches'; variable: string; regex: Regex; negated: boolean }
  | { test: 'file'; what: string; path: Template; negated: boolean };

/** What compiling needs of the configuration. */
export interface RewriteCompiler {
  template(text: string, at: Directive): Template;
  /** Makes a variable known. */
  define(name: string): void;
  /** The scope of an `if`. */
  inner(scope: Scope, directive: Directive): Scope;
}

/** A Perl regular expression of a directive. @throws ConfigError */
export function regexOf(
  source: string,
  icase: boolean,
  at: Directive,
  compiler: Pick<RewriteCompiler, 'define'>,
): Regex {
  const regex = compileRegex(source, { dialect: 'perl', icase });
  if (regex instanceof RegexError) throw failAt(at, `pcre2_compile() failed: ${regex.message} in "${source}"`);
  for (const name of regex.names.keys()) compiler.define(name);
  return regex;
}

/** Compiles set, if, return, rewrite and break of a block. @throws ConfigError */
export function compileRewrite(scope: Scope, compiler: RewriteCompiler): RewriteStep[] {
  const steps: RewriteStep[] = [];
  for (const directive of scope.directives) {
    const { name, args } = directive;
    if (name === 'set') {
      if (args[0]![0] !== '$') throw failAt(directive, `invalid variable name "${args[0]}"`);
      compiler.define(args[0]!.slice(1));
      steps.push({ kind: 'set', name: args[0]!.slice(1), value: compiler.template(args[1]!, directive) });
    } else if (name === 'break') steps.push({ kind: 'break' });
    else if (name === 'return') steps.push(compileReturn(directive, compiler));
    else if (name === 'rewrite') steps.push(compileRule(directive, compiler));
    else if (name === 'if') {
      const inner = compiler.inner(scope, directive);
      const condition = compileCondition(directive, compiler);
      steps.push({ kind: 'if', condition, steps: compileRewrite(inner, compiler), scope: inner });
    }
  }
  return steps;
}

function compileReturn(directive: Directive, compiler: RewriteCompiler): RewriteStep {
  const [first, text] = directive.args as [string, string | undefined];
  if (!/^\d+$/.test(first)) {
    if (text !== undefined || !/^(https?:\/\/|\$scheme)/.test(first))
      throw failAt(directive, `invalid return code "${first}"`);
    return { kind: 'return', status: 302, text: compiler.template(first, directive) };
  }
  if (Number(first) > 999) throw failAt(directive, `invalid return code "${first}"`);
  return {
    kind: 'return',
    status: Number(first),
    text: text === undefined ? undefined : compiler.template(text, directive),
  };
}

function compileRule(directive: Directive, compiler: RewriteCompiler): RewriteStep {
  const [source, target, flag] = directive.args as [string, string, string | undefined];
  if (flag !== undefined && !['last', 'break', 'redirect', 'permanent'].includes(flag))
    throw failAt(directive, `invalid parameter "${flag}"`);
  const regex = regexOf(source, false, directive, compiler);
  const dropArgs = target.endsWith('?');
  return {
    kind: 'rewrite',
    regex,
    replacement: compiler.template(dropArgs ? target.slice(0, -1) : target, directive),
    flag: flag as 'last' | undefined,
    redirects: flag === 'redirect' || flag === 'permanent' || /^(https?:\/\/|\$scheme)/.test(target),
    dropArgs,
  };
}

function compileCondition(directive: Directive, compiler: RewriteCompiler): Condition {
  const words = [...directive.args];
  const fail = (word: string) => failAt(directive, `invalid condition "${word}"`);
  if (!words[0]!.startsWith('(')) throw fail(words[0]!);
  if (!words.at(-1)!.endsWith(')')) throw fail(words.at(-1)!);
  words[0] = words[0]!.slice(1);
  words[words.length - 1] = words.at(-1)!.slice(0, -1);
  if (words[0] === '') words.shift();
  if (words.at(-1) === '') words.pop();
  const [subject, operator, operand] = words as [string, string | undefined, string | undefined];
  const file = /^(!?)-([fdex])$/.exec(subject ?? '');
  if (file) {
    if (words.length !== 2) throw fail(subject);
    return { test: 'file', what: file[2]!, path: compiler.template(operator!, directive), negated: file[1] === '!' };
  }
  if (!/^\$[A-Za-z0-9_]+$/.test(subject ?? '')) throw fail(subject ?? '');
  const variable = subject.slice(1);
  compiler.template(subject, directive);
  if (operator === undefined) return { test: 'set', variable };
  if (operand === undefined || words.length > 3) throw fail(operator);
  if (operator === '=' || operator === '!=')
    return { test: 'equals', variable, value: compiler.template(operand, directive), negated: operator === '!=' };
  const match = /^(!?)~(\*?)$/.exec(operator);
  if (!match) throw failAt(directive, `unexpected "${operator}" in condition`);
  const regex = regexOf(operand, match[2] === '*', directive, compiler);
  return { test: 'matches', variable, regex, negated: match[1] === '!' };
}

/** What the steps work on: a request. */
export interface RewriteTarget {
  readonly sys: Sys;
  uri: string;
  args: string;
  scope: Scope;
  /** Whether its location is known. */
  readonly located: boolean;
  /** `break` was met: the location stays. */
  breaks: boolean;
  /** Variables that were set. */
  readonly set: Map<string, string>;
  variable(name: string): string;
  expand(template: Template): string;
  /** Makes a match the one of $1 and of named groups. */
  capture(text: string, match: readonly number[], names: ReadonlyMap<string, number>): void;
}

/** How the steps ended: go on, look for the location again, or answer. */
export type RewriteResult =
  | { next: 'go-on' | 'relocate' }
  | { next: 'answer'; status: number; text: string | undefined; redirect: boolean };

/** Runs the steps of a block on a request. */
export function runRewrite(steps: readonly RewriteStep[], request: RewriteTarget): RewriteResult {
  const state = { changed: false, stopped: false };
  const answer = run(steps, request, state);
  if (answer) return answer;
  return { next: state.changed && !request.breaks ? 'relocate' : 'go-on' };
}

function run(
  steps: readonly RewriteStep[],
  request: RewriteTarget,
  state: { changed: boolean; stopped: boolean },
): RewriteResult | undefined {
  for (const step of steps) {
    if (step.kind === 'set') request.set.set(step.name, request.expand(step.value));
    else if (step.kind === 'break') {
      state.stopped = true;
      request.breaks = true;
    } else if (step.kind === 'return') {
      const text = step.text === undefined ? undefined : request.expand(step.text);
      const redirect = [301, 302, 303, 307, 308].includes(step.status);
      return { next: 'answer', status: step.status, text, redirect };
    } else if (step.kind === 'rewrite') {
      const answer = applyRule(step, request, state);
      if (answer) return answer;
    } else if (holds(step.condition, request)) {
      if (request.located) request.scope = step.scope;
      const answer = run(step.steps, request, state);
      if (answer) return answer;
    }
    if (state.stopped) return undefined;
  }
  return undefined;
}

function applyRule(
  step: Extract<RewriteStep, { kind: 'rewrite' }>,
  request: RewriteTarget,
  state: { changed: boolean; stopped: boolean },
): RewriteResult | undefined {
  const match = step.regex.exec(request.uri);
  if (!match) return undefined;
  request.capture(request.uri, match, step.regex.names);
  let target = request.expand(step.replacement);
  if (!step.dropArgs && request.args !== '') target += `${target.includes('?') ? '&' : '?'}${request.args}`;
  if (step.redirects)
    return { next: 'answer', status: step.flag === 'permanent' ? 301 : 302, text: target, redirect: true };
  const { path, args } = splitUri(target);
  request.uri = path;
  request.args = args;
  state.changed = true;
  if (step.flag === 'last' || step.flag === 'break') state.stopped = true;
  if (step.flag === 'break') request.breaks = true;
  return undefined;
}

function holds(condition: Condition, request: RewriteTarget): boolean {
  if (condition.test === 'set') {
    const value = request.variable(condition.variable);
    return value !== '' && value !== '0';
  }
  if (condition.test === 'equals')
    return (request.variable(condition.variable) === request.expand(condition.value)) !== condition.negated;
  if (condition.test === 'matches') {
    const text = request.variable(condition.variable);
    const match = condition.regex.exec(text);
    if (match) request.capture(text, match, condition.regex.names);
    return (match !== null) !== condition.negated;
  }
  const st = new Stat();
  const found = request.sys.stat(request.expand(condition.path), st) === 0;
  const holds =
    found &&
    (condition.what === 'f'
      ? isRegular(st.mode)
      : condition.what === 'd'
        ? isDirectory(st.mode)
        : condition.what === 'e' || (st.mode & 0o111) !== 0);
  return holds !== condition.negated;
}
