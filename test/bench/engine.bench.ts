import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Machine } from '../../src/machine/index.ts';
import { ENGINE_CASES, type EngineCase } from './engine-cases.ts';
import { bash, bootHost, timed } from './host.ts';
import { type BenchRow, compared, least, told } from './rows.ts';

const ROUNDS = 10;
/** Rounds of a real engine, which takes long. */
const REAL_ROUNDS = 4;

/** A real engine, where DOCKER_HOST leads to one. */
class RealEngine {
  readonly #env: NodeJS.ProcessEnv;

  constructor(fixtures: string) {
    this.#env = { ...process.env, FIX: fixtures, DOCKER_CLI_HINTS: 'false' };
  }

  static answers(): boolean {
    return process.env.DOCKER_HOST !== undefined && spawnSync('docker', ['version'], { stdio: 'ignore' }).status === 0;
  }

  script(text: string | undefined): void {
    if (text !== undefined) spawnSync('bash', ['-c', text], { env: this.#env, stdio: 'ignore' });
  }

  /** @returns milliseconds, or undefined where it does not do it */
  ms(words: readonly string[]): number | undefined {
    const begun = performance.now();
    const { status } = spawnSync('docker', words, { env: this.#env, stdio: ['ignore', 'ignore', 'ignore'] });
    return status === 0 ? performance.now() - begun : undefined;
  }
}

const withFixtures = (words: readonly string[], fixtures: string): string[] =>
  words.map((word) => word.replaceAll('$FIX', fixtures));

/** The same command on both sides in turn, where there is a real engine; otherwise against what was recorded. */
async function runCase(
  machine: Machine,
  each: EngineCase,
  fixtures: string,
  real: RealEngine | undefined,
): Promise<BenchRow> {
  const words = withFixtures(each.command, fixtures);
  const ours: number[] = [];
  const theirs: number[] = [];
  await script(machine, each.setUp, fixtures);
  real?.script(each.setUp);
  for (let round = 0; round < (each.rounds ?? ROUNDS); round++) {
    await script(machine, each.before, fixtures);
    ours.push((await timed(machine, ['/usr/bin/docker', ...words], { discard: true })).ms);
    if (!real || round >= REAL_ROUNDS) continue;
    real.script(each.before);
    const ms = real.ms(words);
    if (ms !== undefined) theirs.push(ms);
  }
  await script(machine, each.tearDown, fixtures);
  real?.script(each.tearDown);
  const anchor = theirs.length > 0 ? least(theirs) : each.recorded;
  if (anchor === undefined) return told(each.name, least(ours), 'ms');
  return compared(each.name, theirs.length > 0 ? 'engine' : 'engine (recorded)', {
    theirs: anchor,
    ours: least(ours),
    unit: 'ms',
    factor: each.factor,
  });
}

async function script(machine: Machine, text: string | undefined, fixtures: string): Promise<void> {
  if (text !== undefined) await bash(machine, text, fixtures);
}

/** The docker command on a host, against a real engine's. */
export async function runEngine(): Promise<BenchRow[]> {
  const begun = performance.now();
  const machine = await bootHost();
  const rows = [told('boot of a host until the engine answers', performance.now() - begun, 'ms')];
  const fixtures = mkdtempSync(join(tmpdir(), 'drydock-bench-engine-'));
  const real = RealEngine.answers() ? new RealEngine(fixtures) : undefined;
  await bash(machine, `mkdir -p ${fixtures}; docker pull -q busybox >/dev/null`);
  const only = process.env.BENCH_ONLY;
  try {
    for (const each of ENGINE_CASES)
      if (!only || each.name.includes(only)) rows.push(await runCase(machine, each, fixtures, real));
    rows.push(await pull(machine));
  } finally {
    rmSync(fixtures, { recursive: true, force: true });
  }
  machine.kernel.shutdown();
  return rows;
}

/** From the simulated registry: there is nothing to compare it with. */
async function pull(machine: Machine): Promise<BenchRow> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    times.push((await timed(machine, ['/usr/bin/docker', 'pull', '-q', 'ubuntu'])).ms);
    await timed(machine, ['/usr/bin/docker', 'rmi', 'ubuntu']);
  }
  return told('docker pull ubuntu', least(times), 'ms');
}
