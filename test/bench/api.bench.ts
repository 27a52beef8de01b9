import type { Machine } from '../../src/machine/index.ts';
import { ApiConnection, bash, bootHost } from './host.ts';
import { atMost, type BenchRow, compared, least, quantile, told } from './rows.ts';

/** A real engine's figures on the machine where they were recorded, milliseconds. */
const RECORDED = { create: 5.3, list: 40 };
const CONTAINERS = 10_000;
/** Containers of the list that is compared. */
const LISTED = 500;
/** Creations that one figure of the growth is the median of. */
const WINDOW = 100;
/** Enough that the code is warm. */
const ROUNDS = 60;
const RUNNING = 50;
const KILOBYTE = 1024;

/** Bytes that are in use, after the collector has been there. */
function memory(): number {
  for (let i = 0; i < 3; i++) (globalThis as { gc?: () => void }).gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

async function listed(api: ApiConnection): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    const { status } = await api.request('GET', '/v1.51/containers/json?all=1');
    times.push(performance.now() - begun);
    if (status !== 200) throw new Error(`list: ${status}`);
  }
  return least(times);
}

/** POST /containers/create: what one takes, in time and memory, and what it takes when there are many. */
async function growth(api: ApiConnection, rows: BenchRow[]): Promise<void> {
  const times: number[] = [];
  let list = Number.NaN;
  let before = 0;
  for (let i = 0; i < CONTAINERS + WINDOW; i++) {
    if (i === LISTED) {
      list = await listed(api);
      before = memory();
    }
    const begun = performance.now();
    const body = { Image: 'busybox', Cmd: ['true'] };
    const { status, text } = await api.request('POST', `/v1.51/containers/create?name=c${i}`, body);
    if (status !== 201) throw new Error(`create ${i}: ${status} ${text()}`);
    times.push(performance.now() - begun);
  }
  const each = (memory() - before) / (CONTAINERS + WINDOW - LISTED) / KILOBYTE;
  // the first window warms the code up
  const first = quantile(times.slice(WINDOW, 2 * WINDOW), 0.5);
  const last = quantile(times.slice(CONTAINERS), 0.5);
  rows.push(
    compared('POST /containers/create', 'engine (recorded)', {
      theirs: RECORDED.create,
      ours: least(times),
      unit: 'ms',
      factor: 20,
    }),
    compared(`GET /containers/json with ${LISTED}`, 'engine (recorded)', {
      theirs: RECORDED.list,
      ours: list,
      unit: 'ms',
      factor: 20,
    }),
    atMost(`create with ${CONTAINERS}, to with ${WINDOW}`, `${first.toPrecision(3)} ms with ${WINDOW}`, {
      value: last / first,
      limit: 1.25,
      unit: '×',
    }),
    atMost('memory of a created container', '', { value: each, limit: 20, unit: 'KB' }),
    told(`GET /containers/json with ${CONTAINERS}`, await listed(api), 'ms'),
  );
}

async function idle(machine: Machine): Promise<BenchRow> {
  await bash(machine, 'docker run -d busybox sleep 1000000');
  const before = memory();
  await bash(machine, `for ((i = 0; i < ${RUNNING}; i++)); do docker run -d busybox sleep 1000000; done`);
  const each = (memory() - before) / RUNNING / KILOBYTE;
  return atMost('memory of a running idle container', 'engine 2,662 KB (recorded)', {
    value: each,
    limit: 307,
    unit: 'KB',
  });
}

/** The Engine API without the command line, and what containers hold. */
export async function runApi(): Promise<BenchRow[]> {
  const machine = await bootHost();
  await bash(machine, 'docker pull -q busybox');
  const rows = [await idle(machine)];
  const api = new ApiConnection(machine);
  await growth(api, rows);
  api.close();
  machine.kernel.shutdown();
  return rows;
}
