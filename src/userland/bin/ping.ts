import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { busyboxPing } from '../ping/busybox.ts';
import { iputilsPing } from '../ping/iputils.ts';

const BUSYBOX_HELP = `Send ICMP ECHO_REQUESTs to HOST

	-4,-6		Force IP or IPv6 name resolution
	-c CNT		Send only CNT pings
	-s SIZE		Send SIZE data bytes in packets (default 56)
	-i SECS		Interval
	-A		Ping as soon as reply is received
	-t TTL		Set TTL
	-I IFACE/IP	Source interface or IP address
	-W SEC		Seconds to wait for the first response (default 10)
			(after all -c CNT packets are sent)
	-w SEC		Seconds until ping exits (default:infinite)
			(can exit earlier with -c CNT)
	-q		Quiet, only display output at start/finish
	-p HEXBYTE	Payload pattern
`;

export default program({
  name: 'ping',
  at: ['/usr/bin/ping'],
  spec: 'iputils 20240117 ping(8) and busybox; without record route, timestamps, mtu discovery, node information',
  usage: '[options] <destination>',
  about: 'Send ICMP ECHO_REQUEST to network hosts.',
  options: {
    four: { short: '4', long: false, help: 'use IPv4' },
    six: { short: '6', long: false, help: 'use IPv6' },
    adaptive: { short: 'A', long: false, help: 'use adaptive ping' },
    audible: { short: 'a', long: false, busybox: false, help: 'use audible ping' },
    bell: { short: 'b', long: false, busybox: false, help: 'allow pinging broadcast' },
    count: { short: 'c', long: false, arg: 'count', help: 'stop after <count> replies' },
    timestamps: { short: 'D', long: false, busybox: false, help: 'print timestamps' },
    flood: { short: 'f', long: false, busybox: false, help: 'flood ping' },
    source: { short: 'I', long: false, arg: 'interface', help: 'either interface name or address' },
    interval: { short: 'i', long: false, arg: 'interval', help: 'seconds between sending each packet' },
    numeric: { short: 'n', long: false, busybox: false, help: 'no dns name resolution' },
    outstanding: { short: 'O', long: false, busybox: false, help: 'report outstanding replies' },
    pattern: { short: 'p', long: false, arg: 'pattern', help: 'contents of padding byte' },
    quiet: { short: 'q', long: false, help: 'quiet output' },
    size: { short: 's', long: false, arg: 'size', help: 'use <size> as number of data bytes to be sent' },
    ttl: { short: 't', long: false, arg: 'ttl', help: 'define time to live' },
    verbose: { short: 'v', long: false, help: 'verbose output' },
    print: { short: 'V', long: false, busybox: false, help: 'print version and exit' },
    deadline: { short: 'w', long: false, arg: 'deadline', help: 'reply wait <deadline> in seconds' },
    timeout: { short: 'W', long: false, arg: 'timeout', help: 'time to wait for response' },
  },
  usageStatus: 2,
  busybox: { at: '/bin/ping', usage: '[OPTIONS] HOST', help: BUSYBOX_HELP },
  *main(ctx) {
    const { opts, args } = ctx;
    if (opts.print) {
      yield* ctx.stdout.write('ping from iputils 20240117\n');
      return 0;
    }
    const host = args[0];
    if (host === undefined) {
      if (ctx.form === 'busybox') return yield* ctx.usage();
      return yield* ctx.die('usage error: Destination address required');
    }
    const family = opts.four ? 'inet' : opts.six ? 'inet6' : undefined;
    const count = yield* number(ctx, opts.count, 0);
    const size = yield* number(ctx, opts.size, 56);
    const ttl = opts.ttl === undefined ? undefined : yield* number(ctx, opts.ttl, 64);
    const interval = 1000 * (yield* number(ctx, opts.interval, opts.flood ? 0.01 : 1));
    const deadline = yield* number(ctx, opts.deadline, 0);
    const linger = yield* number(ctx, opts.timeout, 10);
    const common = { host, family, count, size, interval, ttl, source: opts.source, quiet: opts.quiet } as const;
    if (ctx.form === 'busybox')
      return yield* busyboxPing(ctx, { ...common, linger, deadline, adaptive: opts.adaptive });
    return yield* iputilsPing(ctx, {
      ...common,
      linger: 1000 * linger,
      deadline: 1000 * deadline,
      numeric: opts.numeric,
      flood: opts.flood,
      outstanding: opts.outstanding,
      timestamps: opts.timestamps,
    });
  },
});

function* number(ctx: Context, text: string | undefined, fallback: number): Wait<number> {
  if (text === undefined) return fallback;
  const n = Number(text);
  if (/^\d*\.?\d+$/.test(text) && n >= 0) return n;
  if (ctx.form === 'busybox') return yield* ctx.die(`invalid number '${text}'`);
  return yield* ctx.die(`invalid argument: '${text}'`, 1);
}
