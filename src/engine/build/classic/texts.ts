import { formatDuration } from '../../../lib/go-duration.ts';
import type { Instruction } from '../dockerfile.ts';
import type { StageState } from '../state.ts';

/** Flags that the classic builder has itself. */
const CLASSIC_FLAGS = new Set([
  'platform',
  'from',
  'chown',
  'interval',
  'timeout',
  'start-period',
  'start-interval',
  'retries',
]);

/** Why only BuildKit can do an instruction, undefined where it need not. */
export function needsBuildKit(instruction: Instruction): string | undefined {
  const words = 'Refer to https://docs.docker.com/go/buildkit/ to learn how to build images with BuildKit enabled';
  for (const flag of instruction.flags) {
    const name = flag.slice(2).replace(/=.*/s, '');
    if (!CLASSIC_FLAGS.has(name)) return `the --${name} option requires BuildKit. ${words}`;
  }
  return undefined;
}

/** What the classic builder's history says of an instruction, where it is not what BuildKit's does. */
export function historyText(state: StageState, instruction: Instruction, text: string): string {
  // what an ARG is given on the command line is not told
  if (instruction.keyword === 'ARG') return `ARG ${instruction.rest}`;
  if (instruction.keyword === 'EXPOSE') return `EXPOSE ${instruction.rest.split(/\s+/).sort().join(' ')}`;
  const check = state.config.Healthcheck;
  if (instruction.keyword !== 'HEALTHCHECK' || !check) return text;
  const times = [check.Interval, check.Timeout, check.StartPeriod, check.StartInterval];
  return `HEALTHCHECK &{[${(check.Test ?? []).join(' ')}] ${times.map((ns) => formatDuration(ns ?? 0)).join(' ')} ${check.Retries ?? 0}}`;
}
