import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Entry } from '../../../src/abi/sys.ts';
import { PROGRAMS } from '../../../src/userland/bin/index.gen.ts';
import { bash } from '../../../src/userland/sh/index.ts';
import { bootTestKernel } from '../../kernel-harness.ts';

/** What a script did, as it is compared. */
export interface Outcome {
  status: number | null;
  stdout: string;
  stderr: string;
}

const REAL = '/bin/bash';
/** Programs that scripts start. */
const NEEDED = ['cat', 'mkdir', 'sort', 'tee', 'touch', 'wc'];
const ENVIRONMENT = { PATH: '/usr/bin:/bin', HOME: '/root', LANG: 'C.UTF-8' };

/** True where /bin/bash is of the version that is simulated. */
export function hasRealBash(): boolean {
  const r = spawnSync(REAL, ['-c', 'echo $BASH_VERSION'], { encoding: 'utf8' });
  return r.status === 0 && r.stdout.startsWith('5.2');
}

/** Runs scripts in the machine's own bash, each in an empty folder. */
export class RealBash {
  readonly #home = mkdtempSync(join(tmpdir(), 'fuzz-'));

  run(script: string): Outcome {
    const cwd = join(this.#home, 'w');
    rmSync(cwd, { recursive: true, force: true });
    mkdirSync(cwd);
    const r = spawnSync(REAL, [], {
      argv0: 'bash',
      cwd,
      input: script,
      encoding: 'utf8',
      timeout: 2000,
      env: ENVIRONMENT,
    });
    const status = r.status ?? (r.signal ? 128 + constants.signals[r.signal] : null);
    return { status, stdout: r.stdout, stderr: r.stderr };
  }

  dispose(): void {
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** Runs scripts in ours, each on a machine of its own. */
export async function simulatedBash(): Promise<(script: string) => Promise<Outcome>> {
  const programs: Record<string, Entry> = { bash };
  for (const name of NEEDED) programs[name] = (await (await PROGRAMS[name]!()).default).entry;
  const files = { '/etc/passwd': readFileSync('/etc/passwd'), '/root/': '', '/w/': '' };
  return async (script) => {
    const k = await bootTestKernel({ programs, files });
    const r = await k.run('/bin/bash', ['bash'], { stdin: script, cwd: '/w', env: ENVIRONMENT });
    const panics = k.panics.join('\n');
    return { status: r.status, stdout: r.stdout, stderr: panics + r.stderr };
  };
}
