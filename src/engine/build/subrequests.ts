import type { BuildLint, BuildOutline, BuildRequests, BuildTargets } from '../../api/build.ts';
import { argWords } from './arg-words.ts';
import type { BuildWork } from './context.ts';
import type { Instruction } from './dockerfile.ts';
import { expand } from './expand.ts';
import type { Warning } from './lint.ts';
import { RULES, ruleUrl } from './lint-rules.ts';
import { mountsOf } from './mounts.ts';
import type { Plan, Stage } from './stages.ts';

type Location = BuildLint['warnings'][number]['location'];

const at = (first: number, last: number): Location => ({
  ranges: [{ start: { line: first }, end: { line: last } }],
});

/** What a comment above says of a name: `# NAME is …` */
function descriptionOf(instruction: Instruction, name: string): string | undefined {
  for (const comment of instruction.comments) {
    const [word = '', ...rest] = comment.split(' ');
    if (word.toLowerCase() === name.toLowerCase()) return rest.join(' ').trim() || undefined;
  }
  return undefined;
}

export function lintResult(warnings: readonly Warning[], failure: BuildLint['buildError']): BuildLint {
  return {
    kind: 'lint',
    warnings: warnings.map(({ rule, detail, first, last }) => ({
      ruleName: rule,
      description: RULES[rule].description,
      url: ruleUrl(rule),
      detail,
      location: at(first, last),
    })),
    ...(failure === undefined ? {} : { buildError: failure }),
  };
}

export function targetsResult(plan: Plan): BuildTargets {
  return {
    kind: 'targets',
    targets: plan.stages.map((stage) => {
      const description = stage.name === undefined ? undefined : descriptionOf(stage.from, stage.name);
      return {
        ...(stage.name === undefined ? {} : { name: stage.name }),
        ...(stage === plan.target ? { default: true } : {}),
        ...(description === undefined ? {} : { description }),
        base: typeof stage.base === 'string' ? stage.base : stage.writtenBase,
        location: at(stage.from.first, stage.from.last),
      };
    }),
  };
}

/** The arguments and secrets that the target's stages ask for. */
export function outlineResult(build: BuildWork): BuildOutline {
  const { plan, options } = build;
  const out: BuildOutline = { kind: 'outline', args: [], secrets: [] };
  const { target } = plan;
  if (target.name !== undefined) out.name = target.name;
  const description = target.name === undefined ? undefined : descriptionOf(target.from, target.name);
  if (description !== undefined) out.description = description;
  const lookup = (name: string): string | undefined => options.buildArgs[name] ?? plan.globals.get(name);
  const addArg = (instruction: Instruction, name: string, given: string | undefined): void => {
    if (out.args.some((arg) => arg.name === name)) return;
    const value =
      options.buildArgs[name] ?? (given === undefined ? plan.globals.get(name) : expand(given, lookup, build.escape));
    const about = descriptionOf(instruction, name);
    out.args.push({
      name,
      ...(about === undefined ? {} : { description: about }),
      ...(value === undefined ? {} : { value }),
      location: at(instruction.first, instruction.last),
    });
  };
  const chain: Stage[] = [];
  for (let stage: Stage | undefined = target; stage; stage = typeof stage.base === 'string' ? undefined : stage.base)
    chain.unshift(stage);
  for (const instruction of plan.globalInstructions)
    for (const [name, given] of argWords(instruction.rest)) {
      const used = chain.some((stage) => stage.writtenBase.includes(name) || stage.platform?.includes(name));
      if (used) addArg(instruction, name, given);
    }
  for (const stage of chain)
    for (const command of stage.commands) {
      if (command.keyword === 'ARG') for (const [name, given] of argWords(command.rest)) addArg(command, name, given);
      if (command.keyword !== 'RUN') continue;
      for (const mount of mountsOf(command, (text) => text))
        if (mount.type === 'secret' && !out.secrets.some((secret) => secret.name === mount.id))
          out.secrets.push({
            name: mount.id,
            ...(mount.required ? { required: true } : {}),
            location: at(command.first, command.last),
          });
    }
  return out;
}

/** `--call subrequests.describe` */
export const requestsResult = (): BuildRequests => ({
  kind: 'requests',
  requests: [
    { name: 'outline', version: '1.0.0', description: 'List all parameters current build target supports' },
    { name: 'targets', version: '1.0.0', description: 'List all targets current build supports' },
    { name: 'subrequests.describe', version: '1.0.0', description: 'List available subrequest types' },
  ],
});
