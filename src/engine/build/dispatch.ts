import type { BuildWork } from './context.ts';
import type { Instruction } from './dockerfile.ts';
import { DockerfileError } from './dockerfile-error.ts';
import { Graph, Scope } from './graph.ts';
import { triggersOf } from './instructions/check.ts';
import { CONFIG_INSTRUCTIONS } from './instructions/config.ts';
import { copy } from './instructions/copy.ts';
import { run } from './instructions/run.ts';
import { workdir } from './instructions/workdir.ts';
import { namesStages, type Stage } from './stages.ts';
import { DEFAULT_PATH, StageState } from './state.ts';

type StepInstruction = (scope: Scope, instruction: Instruction) => void;

/** The instructions that change files. */
const STEPS: Readonly<Record<string, StepInstruction>> = { ADD: copy, COPY: copy, RUN: run, WORKDIR: workdir };

/**
 * Turns a plan into the graph of its steps and the configuration of each stage that is needed. Nothing runs yet; the images
 * that the stages begin with are here.
 * @throws DockerfileError, BuildError
 */
export function makeGraph(build: BuildWork, needed: readonly Stage[]): Graph {
  const graph = new Graph(build);
  const many = namesStages(build.plan);
  for (const stage of needed) {
    const label = many ? (stage.name ?? `stage-${stage.index}`) : '';
    const { platformArgs } = build.plan;
    const state = new StageState(stage, label, platformArgs, build.options.buildArgs);
    build.states.set(stage, state);
    dispatchStage(build, graph, state);
  }
  return graph;
}

function dispatchStage(build: BuildWork, graph: Graph, state: StageState): void {
  const { stage } = state;
  const steps = (list: readonly Instruction[]): number => list.filter((i) => i.keyword in STEPS).length;
  const begun = typeof stage.base !== 'string' || stage.base === 'scratch';
  state.total = steps(stage.commands) + (begun ? 0 : 1);
  let triggers: Instruction[] = [];
  if (typeof stage.base !== 'string') build.states.get(stage.base)!.continueIn(state);
  else if (stage.base === 'scratch') state.config = { Env: [`PATH=${DEFAULT_PATH}`], WorkingDir: '/' };
  else {
    fromImage(build, graph, state, stage.base);
    triggers = triggersOf(state.config.OnBuild ?? [], stage.from);
    state.config.OnBuild = null;
    state.total += steps(triggers);
  }
  const own = new Scope(build, graph, state, '');
  const triggered = new Scope(build, graph, state, 'ONBUILD ');
  for (const instruction of triggers) dispatch(triggered, instruction);
  for (const instruction of stage.commands) dispatch(own, instruction);
}

function fromImage(build: BuildWork, graph: Graph, state: StageState, base: string): void {
  const { from } = state.stage;
  const context = build.options.contexts[base.toLowerCase()];
  if (context?.kind === 'local') {
    state.op = graph.local(base.toLowerCase(), '/');
    state.config = { Env: [`PATH=${DEFAULT_PATH}`], WorkingDir: '/' };
    return;
  }
  const { image, shown } = graph.find(from, base);
  state.op = graph.image(image, context ? `[context ${base}] ${shown}` : state.nextLabel(`FROM ${shown}`));
  state.base = image;
  state.config = { ...image.config.config };
  state.author = image.config.author;
  if (!(state.config.Env ?? []).some((pair) => pair.startsWith('PATH=')))
    state.config.Env = [`PATH=${DEFAULT_PATH}`, ...(state.config.Env ?? [])];
}

function dispatch(scope: Scope, instruction: Instruction): void {
  try {
    const step = STEPS[instruction.keyword];
    if (step) {
      step(scope, instruction);
      return;
    }
    const text = CONFIG_INSTRUCTIONS[instruction.keyword]?.(scope, instruction);
    if (text !== undefined) scope.state.noteConfig(text);
  } catch (error) {
    if (error instanceof DockerfileError && error.first === 0)
      throw new DockerfileError(error.message, instruction.first, instruction.last);
    throw error;
  }
}
