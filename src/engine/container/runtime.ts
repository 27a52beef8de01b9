import { X_OK } from '../../abi/flags.ts';
import { Stat } from '../../abi/stat.ts';
import type { Sys } from '../../abi/sys.ts';
import { ApiError } from '../../api/errors.ts';
import { readElf } from '../../lib/elf.ts';
import { quote } from '../../lib/quote.ts';
import { readFile, type Wait } from '../../libc/io.ts';
import { strerror } from '../../libc/strerror.ts';
import type { EngineConfig } from '../settings/config.ts';
import { startFailure } from './failure.ts';

const HEAD = 'failed to create task for container: ';
const SHIM_HEAD = `${HEAD}failed to create shim task: `;
const OWN_TYPE = 'io.containerd.runc.v2';
const TASKS = '/run/containerd/io.containerd.runtime.v2.task/moby';

/**
 * A runtime of daemon.json that is not runc under another path cannot start anything here; neither can one that is not there.
 * @throws ApiError in the words that the shim has
 */
export function* checkRuntime(sys: Sys, config: EngineConfig, name: string, id: string): Wait<void> {
  if (name === 'runc' || name === OWN_TYPE) return;
  const runtime = Object.hasOwn(config.runtimes, name) ? config.runtimes[name] : undefined;
  if (!runtime) throw new ApiError('invalid-parameter', `unknown or invalid runtime name: ${name}`);
  const { path = '', runtimeType = '', runtimeArgs = [] } = runtime;
  if (runtimeType === OWN_TYPE) return;
  if (runtimeType !== '') throw missingShim(runtimeType);
  const missing = missingProgram(sys, path);
  if (missing !== undefined && runtimeArgs.length > 0)
    throw new ApiError(
      'internal',
      `error while looking up the specified runtime path: exec: ${quote(path)}: stat ${path}: ${missing}`,
    );
  if (missing !== undefined)
    throw startFailure(
      `${SHIM_HEAD}OCI runtime create failed: unable to retrieve OCI runtime error (open ${TASKS}/${id}/log.json: no such file or directory): `,
      `fork/exec ${path}: ${missing}`,
    );
  const bytes = yield* readFile(sys, path.includes('/') ? path : `/usr/bin/${path}`);
  if (typeof bytes !== 'number' && readElf(bytes)?.program === 'runc') return;
  throw startFailure(
    `${SHIM_HEAD}failed to retrieve OCI runtime container pid: `,
    `open ${TASKS}/${id}/init.pid: no such file or directory`,
  );
}

function missingShim(type: string): ApiError {
  const binary = `containerd-shim-${type.split('.').slice(-2).join('-')}`;
  return new ApiError(
    'internal',
    `${HEAD}failed to start shim: failed to resolve runtime path: runtime ${quote(type)} binary not installed ${quote(binary)}: file does not exist`,
  );
}

/** @returns why a program cannot be executed; undefined where it can */
function missingProgram(sys: Sys, path: string): string | undefined {
  const full = path.includes('/') ? path : `/usr/bin/${path}`;
  const r = sys.stat(full, new Stat());
  const allowed = r < 0 ? r : sys.access(full, X_OK);
  return allowed < 0 ? strerror(-allowed, 'go') : undefined;
}
