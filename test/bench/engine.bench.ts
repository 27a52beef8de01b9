import { spawnSync } from 'node:child_process';
import type { Machine } from '../../src/machine/index.ts';
import { ApiConnection, bootHost, timed } from './host.ts';
import { atMost, type BenchRow, digits, least, quantile, told } from './rows.ts';

/** A real engine's figures on the machine where they were recorded, milliseconds. */
const RECORDED = { run: 344, exec: 64, create: 5.3 };
/** Enough that the code is warm and the smallest is one that nobody disturbed. */
const ROUNDS = 60;
const CONTAINERS = 2000;
/** Creations that one figure of the growth is the median of. */
const WINDOW = 100;

const run = ['run', '--rm', 'busybox', 'true'];
const exec = ['exec', 'bench', 'true'];
const hold = ['run', '-d', '--name', 'bench', 'busybox', 'sleep', '1000000'];

/** Smallest of what `body` gives. */
async function leastOf(times: number, body: () => Promise<number>): Promise<number> {
  const all: number[] = [];
  for (let i = 0; i < times; i++) all.push(await body());
  return least(all);
}

/** A real engine, where DOCKER_HOST leads to one. */
class RealEngine {
  static find(): RealEngine | undefined {
    if (!process.env.DOCKER_HOST) return undefined;
    return spawnSync('docker', ['version'], { stdio: 'ignore' }).status === 0 ? new RealEngine() : undefined;
  }

  ms(args: readonly string[]): number {
    const begun = performance.now();
    const { status, stderr } = spawnSync('docker', args, { encoding: 'utf8' });
    if (status !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`);
    return performance.now() - begun;
  }
}

/** The same command on both sides in turn, where there is a real engine. */
async function compare(machine: Machine, real: RealEngine | undefined, args: string[]): Promise<[number, number?]> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let i = 0; i < ROUNDS; i++) {
    ours.push((await timed(machine, ['/usr/bin/docker', ...args])).ms);
    if (real && i < 5) theirs.push(real.ms(args));
  }
  return real ? [least(ours), least(theirs)] : [least(ours)];
}

async function commands(machine: Machine, rows: BenchRow[]): Promise<void> {
  const real = RealEngine.find();
  const anchor = (theirs: number | undefined, recorded: number): string =>
    theirs === undefined ? `engine ${recorded} ms (recorded)` : `engine ${digits(theirs)} ms`;
  await timed(machine, ['/usr/bin/docker', 'pull', '-q', 'busybox']);
  const [ours, theirs] = await compare(machine, real, run);
  rows.push(
    atMost('docker run --rm busybox true', anchor(theirs, RECORDED.run), {
      value: ours,
      limit: (theirs ?? RECORDED.run) / 50,
      unit: 'ms',
      target: '≤ 1/50',
    }),
  );
  await timed(machine, ['/usr/bin/docker', ...hold]);
  if (real) real.ms(hold);
  const [oursExec, theirsExec] = await compare(machine, real, exec);
  rows.push(
    atMost('docker exec … true', anchor(theirsExec, RECORDED.exec), {
      value: oursExec,
      limit: (theirsExec ?? RECORDED.exec) / 30,
      unit: 'ms',
      target: '≤ 1/30',
    }),
  );
  await timed(machine, ['/usr/bin/docker', 'rm', '-f', 'bench']);
  if (real) real.ms(['rm', '-f', 'bench']);
}

/** POST /containers/create: what one takes, and what it takes when there are many. */
async function growth(machine: Machine, rows: BenchRow[]): Promise<void> {
  const api = new ApiConnection(machine);
  const times: number[] = [];
  for (let i = 0; i < CONTAINERS + WINDOW; i++) {
    const begun = performance.now();
    const body = { Image: 'busybox', Cmd: ['true'] };
    const { status, text } = await api.request('POST', `/v1.51/containers/create?name=c${i}`, body);
    if (status !== 201) throw new Error(`create ${i}: ${status} ${text}`);
    times.push(performance.now() - begun);
  }
  // the first window warms the code up
  const first = quantile(times.slice(WINDOW, 2 * WINDOW), 0.5);
  const last = quantile(times.slice(CONTAINERS), 0.5);
  rows.push(
    atMost('POST /containers/create', `engine ${RECORDED.create} ms (recorded)`, {
      value: least(times),
      limit: RECORDED.create / 20,
      unit: 'ms',
      target: '≤ 1/20',
    }),
    atMost(`create with ${CONTAINERS} containers, to with ${WINDOW}`, `${digits(first)} ms with ${WINDOW}`, {
      value: last / first,
      limit: 1.25,
      unit: '×',
    }),
  );
  const list = await leastOf(5, async () => {
    const begun = performance.now();
    await api.request('GET', '/v1.51/containers/json?all=1');
    return performance.now() - begun;
  });
  rows.push(told(`GET /containers/json with ${CONTAINERS}`, list, 'ms'));
  api.close();
}

/** Measures the engine and its CLI on one host. */
export async function runEngine(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  const begun = performance.now();
  const machine = await bootHost();
  rows.push(told('boot of a host until the engine answers', performance.now() - begun, 'ms'));
  await commands(machine, rows);
  await growth(machine, rows);
  machine.kernel.shutdown();
  return rows;
}
