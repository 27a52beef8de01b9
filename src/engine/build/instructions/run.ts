import { Stat } from '../../../abi/stat.ts';
import type { Sys } from '../../../abi/sys.ts';
import { decode } from '../../../lib/utf8.ts';
import type { Wait } from '../../../libc/io.ts';
import { removeTree } from '../../../libc/paths.ts';
import { BuildError, type BuildWork } from '../context.ts';
import { DockerfileError, type Instruction, jsonForm } from '../dockerfile.ts';
import type { StageState } from '../state.ts';
import { makeLayer } from './layer.ts';

/** What the runtime makes in a root filesystem to mount on: it does not belong to the layer. */
const MOUNT_POINTS = ['/proc', '/sys', '/dev', '/etc/resolv.conf', '/etc/hosts', '/etc/hostname'];

/** RUN: a command in a container above what there is; what it changes is the layer. */
export function* run(
  build: BuildWork,
  state: StageState,
  instruction: Instruction,
  label: (text: string) => string,
): Wait<void> {
  const heredoc = instruction.heredocs[0];
  if (instruction.rest.trim() === '')
    throw new DockerfileError(
      `dockerfile parse error on line ${instruction.first}: RUN requires at least one argument`,
      instruction.first,
    );
  let network = build.options.network;
  for (const flag of instruction.flags) {
    const m = /^--(network|security|mount)=?(.*)$/.exec(flag);
    if (m?.[1] === 'network') network = m[2]!;
    else
      throw new DockerfileError(
        `dockerfile parse error on line ${instruction.first}: unknown flag: ${flag.replace(/=.*/, '')}`,
        instruction.first,
        instruction.last,
      );
  }
  const text = heredoc ? heredocScript(instruction) : instruction.rest;
  const exec = heredoc ? undefined : jsonForm(text);
  const args = exec ?? [...state.shell, text];
  const env = state.environment();
  const shown = heredoc ? `RUN ${instruction.rest} (${heredoc.content.split('\n')[0]}...)` : `RUN ${instruction.rest}`;
  yield* makeLayer(build, state, {
    vertex: label(shown),
    createdBy: `RUN ${state.argsPrefix()}${args.join(' ')} # buildkit`,
    identity: ['run', args, env, state.config.WorkingDir ?? '/', state.config.User ?? '', network],
    *work(sys, merged, layerId, vertex) {
      const before = MOUNT_POINTS.filter((path) => exists(sys, merged + path));
      const result = yield* build.host.run(sys, {
        layerId,
        args,
        env,
        cwd: state.config.WorkingDir || '/',
        user: state.config.User ?? '',
        network,
        *output(stream, data) {
          yield* build.log(vertex, stream, decode(data));
        },
      });
      for (const path of MOUNT_POINTS) if (!before.includes(path)) removeTree(sys, merged + path);
      if (result === 0) return;
      if (typeof result === 'string') yield* build.log(vertex, 2, `${result}\n`);
      throw new BuildError(
        `process "${args.join(' ')}" did not complete successfully: exit code: ${typeof result === 'string' ? 1 : result}`,
        instruction.first,
        instruction.last,
        vertex,
      );
    },
  });
}

function exists(sys: Sys, path: string): boolean {
  return sys.lstat(path, new Stat()) === 0;
}

/** A RUN with here-documents: one that is the whole command is a script for the shell. */
function heredocScript(instruction: Instruction): string {
  const [first] = instruction.heredocs;
  if (/^<<-?["']?[\w.]+["']?$/.test(instruction.rest.trim())) return first!.content;
  return `${instruction.rest}\n${instruction.heredocs.map((doc) => `${doc.content}${doc.name}`).join('\n')}`;
}
