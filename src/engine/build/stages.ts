import { type Dockerfile, DockerfileError, type Instruction } from './dockerfile.ts';
import { expand } from './expand.ts';

/** One FROM and what follows it. */
export interface Stage {
  index: number;
  /** Lower case; undefined without AS. */
  name: string | undefined;
  /** Reference of the base image, `scratch`, or the stage that it goes on from. */
  base: string | Stage;
  platform: string | undefined;
  from: Instruction;
  commands: Instruction[];
}

export interface Plan {
  stages: Stage[];
  target: Stage;
  /** ARGs before the first FROM, with the values they have. */
  globals: Map<string, string | undefined>;
}

/** Platform ARGs that every build has. */
export const PLATFORM_ARGS: Readonly<Record<string, string>> = {
  BUILDPLATFORM: 'linux/amd64',
  BUILDOS: 'linux',
  BUILDARCH: 'amd64',
  BUILDVARIANT: '',
  TARGETPLATFORM: 'linux/amd64',
  TARGETOS: 'linux',
  TARGETARCH: 'amd64',
  TARGETVARIANT: '',
};

const STAGE_NAME = /^[a-z][a-z0-9-_.]*$/;

/**
 * Sorts a Dockerfile's instructions into stages and finds the one to build.
 * @throws DockerfileError
 */
export function planStages(
  file: Dockerfile,
  buildArgs: Readonly<Record<string, string>>,
  target: string | undefined,
): Plan {
  const globals = new Map<string, string | undefined>();
  const stages: Stage[] = [];
  for (const instruction of file.instructions) {
    const lookup = (name: string): string | undefined => (globals.has(name) ? globals.get(name) : PLATFORM_ARGS[name]);
    if (instruction.keyword === 'FROM') {
      stages.push(stageOf(instruction, stages, (text) => expand(text, lookup, file.escape)));
      continue;
    }
    const stage = stages.at(-1);
    if (stage) {
      stage.commands.push(instruction);
      continue;
    }
    if (instruction.keyword !== 'ARG')
      throw new DockerfileError(
        `dockerfile parse error on line ${instruction.first}: no build stage in current context`,
        instruction.first,
      );
    for (const [name, value] of argWords(instruction.rest, (text) => expand(text, lookup, file.escape)))
      globals.set(name, buildArgs[name] ?? value);
  }
  if (stages.length === 0)
    throw new DockerfileError(
      'dockerfile contains no stages to build'.replace('dockerfile contains', 'the Dockerfile has'),
    );
  return { stages, target: findTarget(stages, target), globals };
}

function stageOf(instruction: Instruction, earlier: readonly Stage[], expandText: (text: string) => string): Stage {
  const { first } = instruction;
  const words = instruction.rest.split(/\s+/).filter((word) => word !== '');
  const fail = (message: string): never => {
    throw new DockerfileError(`dockerfile parse error on line ${first}: ${message}`, first, instruction.last);
  };
  if (words.length !== 1 && !(words.length === 3 && words[1]!.toUpperCase() === 'AS'))
    fail('FROM requires either one or three arguments');
  let platform: string | undefined;
  for (const flag of instruction.flags) {
    const m = /^--platform=(.*)$/.exec(flag);
    if (!m) fail(`unknown flag: ${flag.replace(/=.*/, '')}`);
    platform = expandText(m![1]!);
  }
  const name = words[2]?.toLowerCase();
  if (name !== undefined && !STAGE_NAME.test(name))
    fail(`invalid name for build stage: "${words[2]}", name can't start with a number or contain symbols`);
  const base = expandText(words[0]!);
  if (base === '') throw new DockerfileError(`base name (${words[0]}) should not be blank`, first, instruction.last);
  const stage = earlier.find((s) => s.name === base.toLowerCase());
  return { index: earlier.length, name, base: stage ?? base, platform, from: instruction, commands: [] };
}

function findTarget(stages: readonly Stage[], target: string | undefined): Stage {
  if (target === undefined || target === '') return stages.at(-1)!;
  const named = stages.find((stage) => stage.name === target.toLowerCase());
  const numbered = /^\d+$/.test(target) ? stages[Number(target)] : undefined;
  const found = named ?? numbered;
  if (!found) throw new DockerfileError(`target stage "${target}" could not be found`);
  return found;
}

/** `NAME`, `NAME=value` words of ARG; a value in quotes may have blanks. */
export function argWords(text: string, expandText: (text: string) => string): [string, string | undefined][] {
  const out: [string, string | undefined][] = [];
  for (const m of text.matchAll(/([A-Za-z_]\w*)(=((?:"(?:[^"\\]|\\.)*"|'[^']*'|\\.|[^\s"'])*))?/g))
    out.push([m[1]!, m[2] === undefined ? undefined : expandText(m[3]!)]);
  return out;
}

/** Finds the stage that `--from=` names; undefined: it is an image. */
export function stageNamed(stages: readonly Stage[], text: string): Stage | undefined {
  return (
    stages.find((stage) => stage.name === text.toLowerCase()) ?? (/^\d+$/.test(text) ? stages[Number(text)] : undefined)
  );
}

/** The `--from` of an instruction. */
export const fromFlag = (instruction: Instruction): string | undefined =>
  instruction.flags.find((flag) => flag.startsWith('--from='))?.slice(7);

/** The stages that the target needs, in the order of the file. @throws DockerfileError for a circle */
export function neededStages(plan: Plan): Stage[] {
  const needed = new Set<Stage>();
  const visit = (stage: Stage, path: Stage[]): void => {
    if (path.includes(stage))
      throw new DockerfileError(
        `circular dependency detected on stage: ${stage.name ?? stage.index}`,
        stage.from.first,
      );
    if (needed.has(stage)) return;
    if (typeof stage.base !== 'string') visit(stage.base, [...path, stage]);
    for (const command of stage.commands) {
      const from = fromFlag(command);
      const other = from === undefined ? undefined : stageNamed(plan.stages, from);
      if (other) visit(other, [...path, stage]);
    }
    needed.add(stage);
  };
  visit(plan.target, []);
  return [...needed].sort((a, b) => a.index - b.index);
}
