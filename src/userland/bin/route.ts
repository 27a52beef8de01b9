import { ENETUNREACH } from '../../abi/errno.ts';
import { ipBytes, networkOf, parseCidr } from '../../lib/ip.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, program } from '../../libc/program.ts';
import { routeTable } from '../net/route-table.ts';

export default program({
  name: 'route',
  at: ['/usr/sbin/route'],
  spec: 'net-tools 2.10 route(8), IPv4; without -C, reject, window, mss',
  usage:
    '[-nNvee] [-FC] [<AF>]           List kernel routing tables\n       route [-v] [-FC] {add|del|flush} ...  Modify routing table for AF.',
  about: 'Show and change the IP routing table.',
  version: 'net-tools 2.10',
  options: {
    numeric: { short: 'n', help: "don't resolve names" },
    extend: { short: 'e', many: true, help: 'display other/more information' },
    family: { short: 'A', long: false, arg: 'FAMILY', help: 'address family' },
  },
  busybox: {
    at: '/sbin/route',
    usage:
      '[-ne] [-A inet[6]] [{add|del} [-net|-host] TARGET [netmask MASK]\n\t[gw GATEWAY] [metric N] [mss BYTES] [window BYTES] [reject] [IFACE]]',
    help: "Show or edit kernel routing tables\n\n\t-n\tDon't resolve names\n\t-e\tDisplay other/more information\n\t-A inet[6]\tSelect address family\n",
  },
  /** `-net` and `-host` are no options. */
  rewrite: (argv) => argv.map((word) => (word === '-net' || word === '-host' ? word.slice(1) : word)),
  *main(ctx) {
    const [verb, ...words] = ctx.args;
    if (verb === 'add' || verb === 'del' || verb === 'delete') return yield* change(ctx, verb === 'add', words);
    yield* ctx.stdout.write(routeTable(ctx.sys, !ctx.opts.numeric, ctx.form === 'busybox'));
    return 0;
  },
});

function* change(ctx: Context, add: boolean, words: string[]): Wait<number> {
  let dst: string | undefined;
  let mask: string | undefined;
  let via: string | undefined;
  let dev = '';
  let metric: number | undefined;
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === 'net' || word === 'host') continue;
    if (word === 'netmask') mask = words.shift();
    else if (word === 'gw') via = words.shift();
    else if (word === 'dev') dev = words.shift() ?? '';
    else if (word === 'metric') metric = Number(words.shift());
    else if (dst === undefined) dst = word;
    else dev = word;
  }
  if (dst === undefined) return yield* ctx.usage();
  const prefix = mask === undefined ? undefined : bitsOf(mask);
  const cidr = dst === 'default' ? undefined : parseCidr(prefix === undefined ? dst : `${dst}/${prefix}`);
  if (dst !== 'default' && !cidr) return yield* ctx.die(`${dst}: Unknown host`);
  const network = cidr ? `${networkOf(cidr.address, cidr.prefix)}/${cidr.prefix}` : 'default';
  const request = add
    ? ({
        type: 'route-add',
        route: {
          dst: network,
          dev,
          ...(via === undefined ? {} : { via }),
          ...(metric === undefined ? {} : { metric }),
        },
      } as const)
    : ({ type: 'route-del', dst: network, ...(dev === '' ? {} : { dev }) } as const);
  const result = ctx.sys.netlink(request);
  if (typeof result !== 'number' || result >= 0) return 0;
  const call = add ? 'SIOCADDRT' : 'SIOCDELRT';
  if (ctx.form === 'busybox') return yield* ctx.die(`${call}: ${ctx.strerror(result)}`);
  yield* ctx.stderr.write(`${call}: ${ctx.strerror(result === -ENETUNREACH ? ENETUNREACH : result)}\n`);
  return 7;
}

function bitsOf(mask: string): number {
  return [...(ipBytes(mask) ?? [])].reduce((n, byte) => n + byte.toString(2).replaceAll('0', '').length, 0);
}
