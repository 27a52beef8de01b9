import type { Wait } from '../../../libc/io.ts';
import { mkdirp, normalizePath } from '../../../libc/paths.ts';
import { resolveIn } from '../../runtime/scope.ts';
import type { BuildWork } from '../context.ts';
import { DockerfileError, type Instruction } from '../dockerfile.ts';
import { expand } from '../expand.ts';
import type { StageState } from '../state.ts';
import { ownerOf } from './copy.ts';
import { makeLayer } from './layer.ts';

/** WORKDIR: sets the directory, and makes it. */
export function* workdir(
  build: BuildWork,
  state: StageState,
  instruction: Instruction,
  label: (text: string) => string,
): Wait<void> {
  if (instruction.rest === '')
    throw new DockerfileError(
      `dockerfile parse error on line ${instruction.first}: WORKDIR requires exactly one argument`,
      instruction.first,
    );
  const given = expand(instruction.rest, state.lookup, build.escape);
  const path = normalizePath(given.startsWith('/') ? given : `${state.config.WorkingDir || '/'}/${given}`);
  state.config.WorkingDir = path;
  const user = state.config.User ?? '';
  yield* makeLayer(build, state, {
    vertex: label(`WORKDIR ${given}`),
    createdBy: `WORKDIR ${path}`,
    identity: ['workdir', path, user],
    *work(sys, merged) {
      const target = resolveIn(sys, merged, path);
      const st = sys.access(target, 0);
      if (st === 0) return;
      mkdirp(sys, target, 0o755);
      const owner = user === '' ? undefined : yield* ownerOf(sys, merged, user);
      if (owner && typeof owner !== 'string') sys.chown(target, owner.uid, owner.gid);
    },
  });
}
