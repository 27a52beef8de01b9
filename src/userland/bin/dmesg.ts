import { EAGAIN } from '../../abi/errno.ts';
import { CLOCK_BOOTTIME, CLOCK_REALTIME, O_NONBLOCK, O_RDONLY } from '../../abi/flags.ts';
import { decode } from '../../lib/utf8.ts';
import { calendar, DAY_NAMES, MONTH_NAMES, two } from '../../libc/clock-text.ts';
import { open, read } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';

export default program({
  name: 'dmesg',
  at: ['/usr/bin/dmesg'],
  spec: 'util-linux 2.39 dmesg(1); without filters and colours',
  version: 'from util-linux 2.39.3',
  usage: '[options]',
  about: 'Display or control the kernel ring buffer.',
  options: {
    human: { short: 'H', busybox: false, help: 'human readable output' },
    kernel: { short: 'k', busybox: false, help: 'display kernel messages' },
    noPager: { short: 'P', busybox: false, help: 'do not pipe output into a pager' },
    raw: { short: 'r', help: 'print the raw message buffer' },
    ctime: { short: 'T', busybox: false, help: 'show human-readable timestamp' },
    notime: { short: 't', busybox: false, help: "don't show any timestamp with messages" },
    decode: { short: 'x', busybox: false, help: 'decode facility and level to readable string' },
    follow: { short: 'w', busybox: false, help: 'wait for new messages' },
    bufferSize: { short: 's', arg: 'size', help: 'buffer size' },
    consoleLevel: { short: 'n', arg: 'level', help: 'set level of messages printed to console' },
  },
  busybox: {
    at: '/bin/dmesg',
    long: [],
    usage: '[-cr] [-n LEVEL] [-s SIZE]',
    help: 'Print or control the kernel ring buffer\n\n\t-c\t\tClear ring buffer after printing\n\t-n LEVEL\tSet console logging level\n\t-s SIZE\t\tBuffer size\n\t-r\t\tPrint raw message buffer\n',
  },
  *main(ctx) {
    const { opts, sys } = ctx;
    const fd = yield* open(sys, '/dev/kmsg', O_RDONLY | (opts.follow ? 0 : O_NONBLOCK));
    if (fd < 0)
      return yield* ctx.die(
        ctx.form === 'gnu' ? `read kernel buffer failed: ${ctx.strerror(fd)}` : `klogctl: ${ctx.strerror(fd)}`,
      );
    const boot = (sys.now(CLOCK_REALTIME) - sys.now(CLOCK_BOOTTIME)) / 1000;
    const buf = new Uint8Array(8192);
    for (;;) {
      const n = yield* read(sys, fd, buf);
      if (n === -EAGAIN || n === 0) return 0;
      if (n < 0) return 1;
      const m = /^(\d+),\d+,(\d+),[^;]*;(.*)$/m.exec(decode(buf.subarray(0, n)));
      if (!m) continue;
      const sec = Number(m[2]) / 1e6;
      const c = calendar(Math.floor(boot + sec));
      const stamp = opts.notime
        ? ''
        : opts.ctime || opts.human
          ? `[${DAY_NAMES[c.weekday]!.slice(0, 3)} ${MONTH_NAMES[c.month - 1]!.slice(0, 3)} ${String(c.day).padStart(2)} ${two(c.hour)}:${two(c.minute)}:${two(c.second)} ${c.year}] `
          : `[${sec.toFixed(6).padStart(12)}] `;
      const level = opts.raw ? `<${m[1]}>` : opts.decode ? 'kern  :info  : ' : '';
      yield* ctx.stdout.write(`${level}${stamp}${m[3]}\n`);
      if (opts.follow) yield* ctx.stdout.flush();
      if (sys.tick()) yield;
    }
  },
});
