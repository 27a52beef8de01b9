import { hclFunctions } from '../../lib/hcl-functions.ts';
import type { Wait } from '../../libc/io.ts';
import { bakeSources, inFile, mergeSources, type SourceFile } from './bake/files.ts';
import { Links } from './bake/links.ts';
import { applyOverrides, parseOverrides } from './bake/overrides.ts';
import { bakeJson } from './bake/print.ts';
import { requestOf } from './bake/request.ts';
import { type Plan, resolveTargets } from './bake/resolve.ts';
import { BakeScope } from './bake/scope.ts';
import { type Bake, evaluateBake } from './bake/targets.ts';
import { buildTogether } from './bake/together.ts';
import { printAnswer } from './build/answer.ts';
import { bootBuilder } from './build/boot.ts';
import { builderOf, isEngine } from './build/builder.ts';
import type { BuilderInstance } from './build/instances.ts';
import { checkMetadataFile, metadataOf, writeMetadata } from './build/metadata.ts';
import { progressOf } from './build/progress.ts';
import type { BuildRequest } from './build/request.ts';
import { type BuildOutcome, SolveFailure } from './build/run.ts';
import { type Cli, command } from './command.ts';
import { CliError, messageOf } from './errors.ts';
import type { Flags } from './flags/parse.ts';
import type { BuildProgress, BuildWarning } from './stream/build-progress.ts';

export default command(function* (cli, flags, args) {
  const builder = yield* builderOf(cli, flags.text('builder'));
  const mode = flags.text('progress');
  const progress = progressOf(cli, mode, mode === 'quiet');
  const print = flags.bool('print') || flags.text('list') !== '';
  if (!print) yield* progress.begin(builder);
  const files = yield* bakeSources(cli, flags.list('file'));
  yield* showDefinitions(progress, files);
  const scope = scopeOf(cli, files);
  const bake = inFile(files.at(-1)!, () => evaluateBake(scope.file, scope), true);
  const list = flags.text('list');
  if (list !== '') return yield* printList(cli, bake, scope, list);
  applyOverrides(bake, parseOverrides(flags.list('set'), cli.env));
  const plan = resolveTargets(bake, args);
  if (flags.bool('print')) {
    yield* cli.out.write(bakeJson(plan.groups, plan.targets));
    return 0;
  }
  const call = flags.bool('check') ? 'check' : flags.changed('call') ? flags.text('call') : '';
  checkMetadataFile(cli, flags.text('metadata-file'));
  if (!isEngine(builder)) yield* bootFor(cli, builder, progress);
  return yield* buildAll(cli, flags, plan, call, progress);
});

/** @throws CliError */
function* bootFor(cli: Cli, builder: BuilderInstance, progress: BuildProgress): Wait<void> {
  try {
    yield* bootBuilder(cli, builder, progress);
  } catch (error) {
    throw new CliError(`ERROR: ${messageOf(error)}`);
  }
}

function scopeOf(cli: Cli, files: readonly SourceFile[]): BakeScope {
  const file = mergeSources(cli, files);
  const functions = hclFunctions({
    sha256: (bytes) => cli.sha256.hex(bytes),
    now: () => `${new Date(cli.sys.now(0)).toISOString().slice(0, 19)}Z`,
    home: cli.env.get('HOME') ?? '/root',
  });
  return new BakeScope(file, cli.env, functions);
}

function* printList(cli: Cli, bake: Bake, scope: BakeScope, list: string): Wait<number> {
  const kind = list.replace(/^type=/, '').split(',')[0]!;
  const rows: string[][] = [];
  if (kind === 'targets') {
    rows.push(['TARGET', 'DESCRIPTION']);
    const names = [...new Set([...bake.targets.keys(), ...bake.groups.keys()])].sort();
    for (const name of names) {
      const group = bake.groups.get(name);
      rows.push([
        name,
        group ? (group.description ?? group.targets.join(', ')) : (bake.targets.get(name)?.description ?? ''),
      ]);
    }
  } else if (kind === 'variables') {
    rows.push(['VARIABLE', 'TYPE', 'VALUE', 'DESCRIPTION']);
    for (const { name, description } of [...scope.file.variables.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
      const value = scope.variable(name);
      const shown =
        value === null || value === undefined
          ? '<null>'
          : typeof value === 'object'
            ? JSON.stringify(value)
            : String(value);
      rows.push([name, '', shown, description?.kind === 'literal' ? String(description.value) : '']);
    }
  } else throw new CliError(`ERROR: invalid list type "${kind}"`);
  yield* cli.out.write(tabbed(rows));
  return 0;
}

/** Columns with tabs between, as wide as Go's tabwriter makes them with a tab width of 8. */
function tabbed(rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => (Math.floor(row[i]!.length / 8) + 1) * 8)));
  return rows
    .map((row) => {
      const cells = row.map((cell, i) =>
        i === row.length - 1 ? cell : cell + '\t'.repeat(Math.ceil((widths[i]! - cell.length) / 8)),
      );
      return `${cells.join('')}\n`;
    })
    .join('');
}

function* buildAll(cli: Cli, flags: Flags, plan: Plan, call: string, progress: BuildProgress): Wait<number> {
  const shared = {
    noCache: flags.bool('no-cache'),
    pull: flags.bool('pull'),
    push: flags.bool('push'),
    load: flags.bool('load'),
    call,
    allow: flags.list('allow').filter((word) => !word.startsWith('fs')),
  };
  const metadata: Record<string, unknown> = {};
  const many = plan.targets.size > 1;
  const answers: { name: string; print: () => Wait<number> }[] = [];
  const warnings: BuildWarning[] = [];
  const links = new Links(plan);
  const order = inOrder(plan);
  const requests = new Map<string, BuildRequest>();
  const builds = order.map((name) => ({
    name,
    after: linkedTo(plan, name),
    request: () => {
      const request = links.request(name, requestOf(cli, plan.targets.get(name)!, shared));
      requests.set(name, request);
      return request;
    },
  }));
  const outcomes = new Map<string, BuildOutcome>();
  const take = (name: string, outcome: BuildOutcome): void => {
    links.built(name, outcome.result.image);
    outcomes.set(name, outcome);
  };
  const failure = yield* buildTogether(cli, builds, progress, take, warnings);
  if (failure) {
    const { name, error } = failure;
    yield* progress.end(warnings);
    if (error instanceof SolveFailure) yield* cli.err.write(error.blame);
    throw new CliError(`ERROR: ${many ? `target ${name}: ` : ''}${messageOf(error)}`);
  }
  for (const name of order) {
    const outcome = outcomes.get(name)!;
    const request = requests.get(name)!;
    if (request.call === 'build') metadata[name] = metadataOf(request, outcome);
    else answers.push({ name, print: () => printAnswer(cli, outcome.result, request) });
  }
  yield* progress.end(call === '' ? warnings : []);
  yield* links.removeUnnamed(cli);
  let status = 0;
  for (const [i, { name, print }] of answers.entries()) {
    if (many) yield* cli.out.write(`${i > 0 ? '\n' : ''}${name}\n\n`);
    status = Math.max(status, yield* print());
  }
  if (answers.length === 0) yield* writeMetadata(cli, flags.text('metadata-file'), metadata);
  return status;
}

function* showDefinitions(progress: BuildProgress, files: readonly SourceFile[]): Wait<void> {
  const id = 'bake definitions';
  const vertex = { id, name: '[internal] load local bake definitions', started: 0 };
  yield* progress.show({ vertexes: [vertex] });
  for (const { name, text } of files) {
    const size = text.length;
    yield* progress.show({
      statuses: [{ vertex: id, name: `reading ${name} ${size}B / ${size}B`, started: 0, completed: 0 }],
    });
  }
  yield* progress.show({ vertexes: [{ ...vertex, completed: 0 }] });
}

/** Targets that one builds on. */
const linkedTo = (plan: Plan, name: string): string[] =>
  Object.values(plan.targets.get(name)?.contexts ?? {}).flatMap((value) => /^target:(.+)$/.exec(value)?.[1] ?? []);

/** Targets that others build on come first. */
function inOrder(plan: Plan): string[] {
  const order: string[] = [];
  const visit = (name: string, path: readonly string[]): void => {
    if (order.includes(name)) return;
    if (path.includes(name)) throw new CliError(`ERROR: infinite loop from ${path.at(-1)} to ${name}`);
    for (const other of linkedTo(plan, name)) visit(other, [...path, name]);
    order.push(name);
  };
  for (const name of [...plan.order, ...plan.targets.keys()]) visit(name, []);
  return order;
}
