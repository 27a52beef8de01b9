import { ENOTDIR } from '../../../abi/errno.ts';
import { isDirectory, Stat } from '../../../abi/stat.ts';
import { dirname, mkdirp, normalizePath } from '../../../libc/paths.ts';
import { strerror } from '../../../libc/strerror.ts';
import { resolveIn } from '../../runtime/scope.ts';
import { BuildError } from '../context.ts';
import type { Instruction } from '../dockerfile.ts';
import type { Scope } from '../graph.ts';
import type { LayerOp } from '../ops.ts';
import { ownerOf } from './owner.ts';

/** WORKDIR: sets the directory, and makes it. */
export function workdir(scope: Scope, instruction: Instruction): void {
  const { state, build } = scope;
  const given = scope.expand(instruction, instruction.rest);
  if (given.startsWith('/')) state.workdirSet = true;
  else if (!state.workdirSet && scope.prefix === '') {
    build.lint.add(
      'WorkdirRelativePath',
      instruction,
      `Relative workdir ${JSON.stringify(given)} can have unexpected results if the base image changes`,
    );
    state.workdirSet = true;
  }
  const path = normalizePath(given.startsWith('/') ? given : `${state.config.WorkingDir || '/'}/${given}`);
  state.config.WorkingDir = path;
  const user = state.config.User ?? '';
  const name = scope.label(instruction, instruction.rest);
  if (path === '/') {
    state.noteConfig(`WORKDIR ${path}`);
    return;
  }
  const op: LayerOp = {
    kind: 'layer',
    name,
    parent: state.op,
    inputs: [],
    documents: 0,
    identity: ['workdir', path, user],
    ignoreCache: scope.ignoreCache,
    at: instruction,
    *content() {
      return '';
    },
    *work({ sys, merged }) {
      const target = resolveIn(sys, merged, path);
      const st = new Stat();
      if (sys.stat(target, st) === 0 && isDirectory(st.mode)) return;
      const owner = user === '' ? undefined : yield* ownerOf(sys, merged, user);
      const missing: string[] = [];
      for (let at = target; at.length > merged.length && sys.lstat(at, st) < 0; at = dirname(at)) missing.push(at);
      const r = missing.length === 0 ? -ENOTDIR : mkdirp(sys, target, 0o755);
      if (r < 0) throw new BuildError(`mkdir ${path}: ${strerror(-r, 'go')}`, instruction.first, instruction.last);
      if (owner && typeof owner !== 'string') for (const dir of missing) sys.chown(dir, owner.uid, owner.gid);
    },
  };
  state.noteLayer(op, `WORKDIR ${path}`);
}
