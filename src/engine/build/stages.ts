import type { Platform } from '../../lib/platform.ts';
import { argWords } from './arg-words.ts';
import { checkKeyword, type Dockerfile, type Instruction } from './dockerfile.ts';
import { DockerfileError, parseError } from './dockerfile-error.ts';
import { expand } from './expand.ts';
import { InstructionFlags } from './flags.ts';
import { checkInstruction } from './instructions/check.ts';
import { nearest } from './keywords.ts';
import type { Linter } from './lint.ts';
import { namesOfMounts } from './mounts.ts';
import { platformArgs } from './platform.ts';

/** One FROM and what follows it. */
export interface Stage {
  index: number;
  /** Lower case; undefined without AS. */
  name: string | undefined;
  /** As it was written after AS. */
  writtenName: string | undefined;
  /** Reference of the base image, `scratch`, or the stage that it goes on from. */
  base: string | Stage;
  /** The base as it was written. */
  writtenBase: string;
  platform: string | undefined;
  from: Instruction;
  commands: Instruction[];
}

export interface Plan {
  stages: Stage[];
  target: Stage;
  /** ARGs before the first FROM, with the values they have. */
  globals: Map<string, string | undefined>;
  /** Those ARGs as they stand in the file. */
  globalInstructions: Instruction[];
  platformArgs: Readonly<Record<string, string>>;
}

const STAGE_NAME = /^[a-z][a-z0-9-_.]*$/;

/**
 * Sorts a Dockerfile's instructions into stages, checks each as far as it can be without running, and finds the stage to
 * build.
 * @throws DockerfileError
 */
export function planStages(
  file: Dockerfile,
  buildArgs: Readonly<Record<string, string>>,
  target: string | undefined,
  lint: Linter,
  platform: Platform,
): Plan {
  const stages: Stage[] = [];
  const globalInstructions: Instruction[] = [];
  for (const instruction of file.instructions) {
    checkKeyword(instruction);
    if (instruction.keyword === 'FROM') {
      stages.push(stageOf(instruction, stages, lint));
      continue;
    }
    checkInstruction(instruction, lint, true, file.syntax !== undefined);
    const stage = stages.at(-1);
    if (stage) stage.commands.push(instruction);
    else if (instruction.keyword === 'ARG') globalInstructions.push(instruction);
    else throw new DockerfileError('no build stage in current context', instruction.first, instruction.last);
  }
  lint.casing(file.instructions);
  const ofPlatform = platformArgs(platform, target);
  const globals = new Map<string, string | undefined>();
  const defaults = new Map<string, string | undefined>();
  const lookup = (name: string): string | undefined => (globals.has(name) ? globals.get(name) : ofPlatform[name]);
  const byDefault = (name: string): string | undefined => (defaults.has(name) ? defaults.get(name) : ofPlatform[name]);
  for (const instruction of globalInstructions)
    for (const [name, value] of argWords(instruction.rest)) {
      globals.set(name, buildArgs[name] ?? (value === undefined ? undefined : expand(value, lookup, file.escape)));
      defaults.set(name, value === undefined ? undefined : expand(value, byDefault, file.escape));
    }
  for (const stage of stages)
    if (stage.writtenName !== undefined) lint.stageName(stage.from, stage.writtenName, stages.slice(0, stage.index));
  if (stages.length === 0) throw new DockerfileError('dockerfile contains no stages to build');
  for (const stage of stages) resolveBase(stage, stages, { lookup, byDefault, escape: file.escape, lint, globals });
  return { stages, target: findTarget(stages, target), globals, globalInstructions, platformArgs: ofPlatform };
}

function stageOf(instruction: Instruction, earlier: readonly Stage[], lint: Linter): Stage {
  const words = instruction.rest.split(/\s+/).filter((word) => word !== '');
  if (words.length === 3) lint.stageCasing(instruction, words[1]!, words[2]!);
  if (words.length !== 1 && !(words.length === 3 && words[1]!.toUpperCase() === 'AS'))
    throw parseError(instruction, 'FROM requires either one or three arguments');
  const written = words[2];
  const name = written?.toLowerCase();
  if (written !== undefined && name !== undefined) {
    if (!STAGE_NAME.test(name))
      throw parseError(
        instruction,
        `invalid name for build stage: "${written}", name can't start with a number or contain symbols`,
      );
  }
  const flags = new InstructionFlags(instruction, { platform: 'string' });
  lint.description(instruction, name);
  return {
    index: earlier.length,
    name,
    writtenName: written,
    base: words[0]!,
    writtenBase: words[0]!,
    platform: flags.text('platform'),
    from: instruction,
    commands: [],
  };
}

interface FromScope {
  lookup: (name: string) => string | undefined;
  /** As `lookup`, without what the command line gives. */
  byDefault: (name: string) => string | undefined;
  escape: string;
  lint: Linter;
  globals: ReadonlyMap<string, string | undefined>;
}

function resolveBase(stage: Stage, stages: readonly Stage[], scope: FromScope): void {
  const { from, writtenBase } = stage;
  const { lookup, escape, lint } = scope;
  try {
    lint.defaultArgs(from, writtenBase, expand(writtenBase, scope.byDefault, escape));
    const base = expand(writtenBase, lookup, escape, {
      missing: (name) => lint.undefinedFrom(from, name, [...scope.globals.keys()]),
    });
    if (base === '') throw new DockerfileError(`base name (${writtenBase}) should not be blank`);
    stage.base = stages.findLast((s) => s.index < stage.index && s.name === base.toLowerCase()) ?? base;
    if (stage.platform !== undefined) {
      lint.fromPlatform(from, stage.platform);
      stage.platform = expand(stage.platform, lookup, escape);
    }
  } catch (error) {
    if (error instanceof DockerfileError && error.first === 0)
      throw new DockerfileError(error.message, from.first, from.last);
    throw error;
  }
}

function findTarget(stages: readonly Stage[], target: string | undefined): Stage {
  if (target === undefined || target === '') return stages.at(-1)!;
  const found = stages.findLast((stage) => stage.name === target.toLowerCase());
  if (!found) {
    const near = nearest(
      target,
      stages.flatMap((stage) => stage.name ?? []),
    );
    const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
    throw new DockerfileError(`target stage "${target}" could not be found${hint}`);
  }
  return found;
}

/** What an instruction of a stage may read from: an earlier stage, or undefined for an image. @throws DockerfileError */
export function sourceStage(
  stages: readonly Stage[],
  stage: Stage,
  instruction: Instruction,
  name: string,
): Stage | undefined {
  const { first, last } = instruction;
  if (/^\d+$/.test(name)) {
    const found = stages[Number(name)];
    if (!found) throw new DockerfileError(`invalid stage index ${name}`);
    if (found.index === stage.index) throw circle(stage, instruction);
    if (found.index > stage.index)
      throw new DockerfileError(
        `cannot copy from stage "${found.name ?? name}", it needs to be defined before current stage "${stage.name ?? stage.index}"`,
        first,
        last,
      );
    return found;
  }
  const found = stages.findLast((s) => s.index < stage.index && s.name === name.toLowerCase());
  if (found) return found;
  if (stage.name === name.toLowerCase()) throw circle(stage, instruction);
  if (stages.some((s) => s.name === name.toLowerCase()))
    throw new DockerfileError(
      `cannot copy from stage "${name}", it needs to be defined before current stage "${stage.name ?? `stage-${stage.index}`}"`,
      first,
      last,
    );
  return undefined;
}

const circle = (stage: Stage, { first, last }: Instruction): DockerfileError =>
  new DockerfileError(`circular dependency detected on stage: ${stage.name ?? `stage-${stage.index}`}`, first, last);

/** The names that `--from` and `--mount=…,from=` of an instruction give. */
export function fromNames(instruction: Instruction): string[] {
  if (instruction.keyword === 'RUN') return namesOfMounts(instruction);
  if (instruction.keyword !== 'COPY') return [];
  const from = instruction.flags.find((flag) => flag.startsWith('--from='));
  return from === undefined ? [] : [from.slice('--from='.length)];
}

/**
 * Whether the steps of a file are told apart by their stages: where there are several, and where one reads from something
 * that is no stage, which counts as one (a mount without a source as the empty one).
 */
export function namesStages({ stages }: Plan): boolean {
  if (stages.length > 1) return true;
  return stages.some(({ commands }) =>
    commands.some((command) => fromNames(command).some((name) => !/^\d+$/.test(name)) || hasMount(command)),
  );
}

const hasMount = ({ keyword, flags }: Instruction): boolean =>
  keyword === 'RUN' && flags.some((flag) => flag.startsWith('--mount='));

/** The stages that the target needs, in the order of the file. @throws DockerfileError for a circle */
export function neededStages(plan: Plan): Stage[] {
  const needed = new Set<Stage>();
  const visit = (stage: Stage): void => {
    if (needed.has(stage)) return;
    needed.add(stage);
    if (typeof stage.base !== 'string') visit(stage.base);
    for (const command of stage.commands)
      for (const name of fromNames(command)) {
        const other = sourceStage(plan.stages, stage, command, name);
        if (other) visit(other);
      }
  };
  visit(plan.target);
  return [...needed].sort((a, b) => a.index - b.index);
}
