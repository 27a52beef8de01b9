import { CLOCK_MONOTONIC } from '../../abi/flags.ts';
import { formatRfc3339Nano, ZERO_TIME } from '../../lib/go-time.ts';
import type { Wait } from '../../libc/io.ts';
import { now } from '../clock.ts';
import { readText } from '../disk.ts';
import { linksOf } from '../network/sandbox.ts';
import type { Call } from '../server/call.ts';
import { JsonText } from '../server/json-text.ts';
import type { Container } from './container.ts';

interface Cpu {
  cpu_usage: { total_usage: number; usage_in_kernelmode: number; usage_in_usermode: number };
  system_cpu_usage?: number;
  online_cpus?: number;
  throttling_data: { periods: number; throttled_periods: number; throttled_time: number };
}

const NO_CPU: Cpu = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};

const BLKIO_NAMES = [
  'io_service_bytes_recursive',
  'io_serviced_recursive',
  'io_queue_recursive',
  'io_service_time_recursive',
  'io_wait_time_recursive',
  'io_merged_recursive',
  'io_time_recursive',
  'sectors_recursive',
];

/** Stands for the largest number of 64 bits, which no number of this language is. */
const NO_LIMIT = -1;

/** The answer as text. */
const textOf = (body: object): string =>
  JSON.stringify(body).replace(`"limit":${NO_LIMIT}`, '"limit":18446744073709551615');

interface Sample {
  read: string;
  cpu: Cpu;
  rest: Record<string, unknown>;
}

/** Answers with what a container uses: once a second, or once. */
export function* sendStats(call: Call, c: Container, stream: boolean, oneShot: boolean): Wait<void> {
  const { sys, daemon } = call;
  if (!stream) {
    yield* sendOnce(call, c, oneShot);
    return;
  }
  const answer = yield* call.stream('application/json');
  let before: Sample | undefined;
  let gone = false;
  const fd = call.connection.fd;
  yield* daemon.hangups.watch(sys, fd, () => {
    gone = true;
    c.changed.notify(sys);
  });
  for (;;) {
    const next = yield* sample(call, c);
    if (!(yield* answer.write(`${textOf(yield* bodyOf(call, c, next, before, true))}\n`))) break;
    before = next;
    yield* pause(call, c, () => gone);
    if (gone || c.removed) break;
  }
  yield* daemon.hangups.unwatch(sys, fd);
}

/** One answer: of this moment, or (to compute a percentage from) of two moments a second apart. */
function* sendOnce(call: Call, c: Container, oneShot: boolean): Wait<void> {
  let before: Sample | undefined;
  if (!oneShot && c.task) {
    before = yield* sample(call, c);
    yield* pause(call, c, () => false);
  }
  const body = yield* bodyOf(call, c, yield* sample(call, c), before, !oneShot || !c.task);
  yield* call.connection.json(200, new JsonText(textOf(body)));
}

function* bodyOf(
  call: Call,
  c: Container,
  next: Sample,
  before: Sample | undefined,
  named: boolean,
): Wait<Record<string, unknown>> {
  return {
    ...(named ? { name: c.name, id: c.id } : {}),
    read: next.read,
    preread: before?.read ?? ZERO_TIME,
    ...next.rest,
    cpu_stats: next.cpu,
    precpu_stats: before?.cpu ?? NO_CPU,
    ...(yield* tail(call, c)),
  };
}

/** One second, unless the client leaves. */
function* pause(call: Call, c: Container, over: () => boolean): Wait<void> {
  const until = call.sys.now(CLOCK_MONOTONIC) + 1000;
  while (!over() && !c.removed) {
    const left = until - call.sys.now(CLOCK_MONOTONIC);
    if (left <= 0) return;
    yield* c.changed.wait(call.sys, left);
  }
}

/** The rows of a file like `name value`. */
function* numbers(call: Call, path: string): Wait<Record<string, number>> {
  const out: Record<string, number> = {};
  for (const line of ((yield* readText(call.sys, path)) ?? '').split('\n')) {
    const [name, value] = line.split(' ');
    if (name && value !== undefined) out[name] = Number(value);
  }
  return out;
}

function* number(call: Call, path: string): Wait<number | undefined> {
  const text = (yield* readText(call.sys, path))?.trim();
  return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text);
}

function* sample(call: Call, c: Container): Wait<Sample> {
  const { sys } = call;
  if (!c.task)
    return {
      read: ZERO_TIME,
      cpu: NO_CPU,
      rest: { pids_stats: {}, blkio_stats: blkio(null), num_procs: 0, storage_stats: {} },
    };
  const t = now(sys);
  const dir = c.task.cgroup;
  const cpu = yield* numbers(call, `${dir}/cpu.stat`);
  const current = yield* number(call, `${dir}/pids.current`);
  const limit = yield* number(call, `${dir}/pids.max`);
  const info = sys.sysinfo();
  return {
    read: formatRfc3339Nano(t.sec, t.nsec),
    cpu: {
      cpu_usage: {
        total_usage: Math.round((cpu.usage_usec ?? 0) * 1000),
        usage_in_kernelmode: Math.round((cpu.system_usec ?? 0) * 1000),
        usage_in_usermode: Math.round((cpu.user_usec ?? 0) * 1000),
      },
      system_cpu_usage: yield* systemCpu(call),
      online_cpus: info.cpus,
      throttling_data: {
        periods: cpu.nr_periods ?? 0,
        throttled_periods: cpu.nr_throttled ?? 0,
        throttled_time: Math.round((cpu.throttled_usec ?? 0) * 1000),
      },
    },
    rest: {
      pids_stats: { current: current ?? 0, limit: limit ?? NO_LIMIT },
      blkio_stats: blkio([]),
      num_procs: 0,
      storage_stats: {},
    },
  };
}

/** Processor time of the host, nanoseconds. */
function* systemCpu(call: Call): Wait<number> {
  const line = ((yield* readText(call.sys, '/proc/stat')) ?? '').split('\n')[0] ?? '';
  const ticks = line
    .split(/\s+/)
    .slice(1, 8)
    .reduce((sum, word) => sum + Number(word || 0), 0);
  return ticks * 10_000_000;
}

const blkio = (first: [] | null): Record<string, unknown> =>
  Object.fromEntries(BLKIO_NAMES.map((name, i) => [name, i === 0 ? first : null]));

/** Memory and networks, which come after the processor's numbers. */
function* tail(call: Call, c: Container): Wait<Record<string, unknown>> {
  const { sys, daemon } = call;
  if (!c.task) return { memory_stats: {} };
  const dir = c.task.cgroup;
  const usage = (yield* number(call, `${dir}/memory.current`)) ?? 0;
  const limit = (yield* number(call, `${dir}/memory.max`)) ?? sys.sysinfo().totalram;
  const memory_stats = { usage, stats: yield* numbers(call, `${dir}/memory.stat`), limit };
  const sandbox = daemon.networks.sandboxSeenBy(c);
  if (!sandbox || sandbox.fd < 0) return { memory_stats };
  const networks: Record<string, unknown> = {};
  for (const link of linksOf(sys, daemon.hostNet, sandbox))
    networks[link.name] = {
      rx_bytes: link.rxBytes,
      rx_packets: link.rxPackets,
      rx_errors: 0,
      rx_dropped: link.rxDropped,
      tx_bytes: link.txBytes,
      tx_packets: link.txPackets,
      tx_errors: 0,
      tx_dropped: link.txDropped,
    };
  return { memory_stats, ...(Object.keys(networks).length > 0 ? { networks } : {}) };
}
