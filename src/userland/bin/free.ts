import { sleep, type Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { readMemory } from '../proc/memory.ts';

const options = {
  bytes: { short: 'b', help: 'show output in bytes' },
  kibi: { short: 'k', help: 'show output in kibibytes' },
  mebi: { short: 'm', help: 'show output in mebibytes' },
  gibi: { short: 'g', help: 'show output in gibibytes' },
  kilo: { busybox: false, help: 'show output in kilobytes' },
  mega: { busybox: false, help: 'show output in megabytes' },
  giga: { busybox: false, help: 'show output in gigabytes' },
  human: { short: 'h', help: 'show human-readable output' },
  si: { busybox: false, help: 'use powers of 1000 not 1024' },
  lohi: { short: 'l', busybox: false, help: 'show detailed low and high memory statistics' },
  total: { short: 't', busybox: false, help: 'show total for RAM + swap' },
  seconds: { short: 's', arg: 'N', busybox: false, help: 'repeat printing every N seconds' },
  count: { short: 'c', arg: 'N', busybox: false, help: 'repeat printing N times, then exit' },
  wide: { short: 'w', busybox: false, help: 'wide output' },
} as const;
type Ctx = Context<typeof options>;

export default program({
  name: 'free',
  at: ['/usr/bin/free'],
  spec: 'procps-ng 4.0.4 free(1)',
  version: 'from procps-ng 4.0.4',
  usage: '[options]',
  about: 'Show the amount of free and used memory.',
  options,
  busybox: {
    at: '/usr/bin/free',
    usage: '[-bkmgh]',
    help: 'Display free and used memory\n',
  },
  *main(ctx) {
    const { opts } = ctx;
    if (opts.seconds !== undefined && !(Number(opts.seconds) > 0))
      return yield* ctx.die(`seconds argument failed: ${ctx.strerror(22)}`);
    let left =
      opts.count === undefined ? (opts.seconds === undefined ? 1 : Number.POSITIVE_INFINITY) : Number(opts.count);
    for (;;) {
      yield* show(ctx);
      if (--left <= 0) return 0;
      yield* ctx.stdout.write('\n');
      yield* ctx.stdout.flush();
      yield* sleep(ctx.sys, Number(opts.seconds ?? 1) * 1000);
    }
  },
});

const UNITS = ['B', 'K', 'M', 'G', 'T', 'P'];

function scale(ctx: Ctx, kib: number): string {
  const { opts } = ctx;
  const base = opts.si ? 1000 : 1024;
  const fixed = opts.bytes
    ? 1
    : opts.mebi
      ? base ** 2
      : opts.gibi
        ? base ** 3
        : opts.kilo
          ? 1000
          : opts.mega
            ? 1e6
            : opts.giga
              ? 1e9
              : base;
  if (!opts.human) return String(Math.floor((kib * 1024) / fixed));
  if (ctx.form === 'busybox') {
    let n = kib * 1024;
    let power = 0;
    for (; n >= 1024; power++) n /= 1024;
    return `${power === 0 ? n : n.toFixed(1)}${power === 0 ? '' : UNITS[power]}`;
  }
  let n = kib * 1024;
  let power = 0;
  const suffix = (): string => (power === 0 ? 'B' : `${UNITS[power]}${opts.si ? '' : 'i'}`);
  const most = opts.si ? 4 : 5;
  for (; ; power++, n /= base) {
    if (power === 0) {
      if (String(n).length + 1 <= most) return `${n}B`;
      continue;
    }
    const exact = `${n.toFixed(1)}${suffix()}`;
    if (exact.length <= most) return exact;
    const whole = `${Math.floor(n)}${suffix()}`;
    if (whole.length <= most || power === UNITS.length - 1) return whole;
  }
}

function* show(ctx: Ctx): Wait<void> {
  const { opts, stdout } = ctx;
  const m = yield* readMemory(ctx.sys);
  const line = (title: string, cells: readonly number[]): string =>
    `${title}${cells.map((cell, i) => scale(ctx, cell).padStart(i === 0 ? 20 - title.length : 12)).join('')}\n`;
  const busybox = ctx.form === 'busybox';
  const used = busybox ? m.total - m.free - m.buffers - m.cache : Math.max(0, m.total - m.available);
  const cached = opts.wide ? [m.buffers, m.cache] : [m.buffers + m.cache];
  const heads = [
    'total',
    'used',
    'free',
    'shared',
    ...(opts.wide ? ['buffers', 'cache'] : ['buff/cache']),
    'available',
  ];
  const swap = [m.swapTotal, m.swapTotal - m.swapFree, m.swapFree];
  if (busybox) {
    const cell = (kib: number): string => scale(ctx, kib);
    const row = (title: string, cells: readonly number[]): string =>
      `${title}${cells.map((n, i) => cell(n).padStart(i === 0 ? 19 - title.length : 12)).join('')}\n`;
    yield* stdout.write(`${heads.map((h, i) => h.padStart(i === 0 ? 19 : 12)).join('')}\n`);
    yield* stdout.write(row('Mem: ', [m.total, used, m.free, m.shared, m.buffers + m.cache, m.available]));
    yield* stdout.write(row('Swap:', swap));
    return;
  }
  yield* stdout.write(`${heads.map((h, i) => h.padStart(i === 0 ? 20 : 12)).join('')}\n`);
  yield* stdout.write(line('Mem:', [m.total, used, m.free, m.shared, ...cached, m.available]));
  if (opts.lohi) yield* stdout.write(line('Low:', [m.total, m.total - m.free, m.free]) + line('High:', [0, 0, 0]));
  yield* stdout.write(line('Swap:', swap));
  if (opts.total) yield* stdout.write(line('Total:', [m.total + m.swapTotal, used + swap[1]!, m.free + m.swapFree]));
}
