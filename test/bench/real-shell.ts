import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Run } from './host.ts';

/** Shells of this computer that scripts are compared with. */
export type Partner = 'bash' | 'ash';

const BUSYBOX = ['/usr/bin/busybox', '/bin/busybox', '/tmp/busybox'].find((path) => existsSync(path));

/** The real shells, bash with the system's programs and ash with busybox's. */
export class RealShells {
  /** Where each name is a link to busybox. */
  readonly #applets: string | undefined;

  constructor() {
    if (!BUSYBOX) return;
    this.#applets = mkdtempSync(join(tmpdir(), 'drydock-bench-applets-'));
    mkdirSync(this.#applets, { recursive: true });
    const names = spawnSync(BUSYBOX, ['--list'], { encoding: 'utf8' }).stdout.split('\n').filter(Boolean);
    for (const name of names) symlinkSync(BUSYBOX, join(this.#applets, name));
  }

  has(partner: Partner): boolean {
    return partner === 'bash' || this.#applets !== undefined;
  }

  /** Runs a script; processor time is that of the shell and of all that it started. */
  run(partner: Partner, script: string, fixtures: string): Run {
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      FIX: fixtures,
      SCRIPT: script,
      LC_ALL: 'C.UTF-8',
      TIMEFORMAT: '%3U %3S',
    };
    if (partner === 'ash') env.ASH_PATH = this.#applets;
    // with its applets in PATH alone ash runs them as programs too, where it does not have them built in
    const inner = partner === 'bash' ? 'bash -c "$SCRIPT"' : 'PATH=$ASH_PATH busybox-sh -c "$SCRIPT"';
    const command = inner.replace('busybox-sh', `${this.#applets}/sh`);
    const begun = performance.now();
    const done = spawnSync('bash', ['-c', `time { ${command} 2>&3; } 3>&1`], {
      encoding: 'utf8',
      env,
      maxBuffer: 1 << 26,
    });
    const ms = performance.now() - begun;
    const [user = Number.NaN, system = Number.NaN] = (done.stderr.trim().split('\n').at(-1) ?? '')
      .split(' ')
      .map(Number);
    if (done.status !== 0) throw new Error(`${partner}: status ${done.status}: ${done.stdout}${done.stderr}`);
    return { ms, cpu: (user + system) * 1000, output: done.stdout };
  }

  remove(): void {
    if (this.#applets) rmSync(this.#applets, { recursive: true, force: true });
  }
}
