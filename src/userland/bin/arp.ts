import type { NeighbourInfo } from '../../abi/netlink.ts';
import { isIp6 } from '../../lib/ip.ts';
import { program } from '../../libc/program.ts';
import { Names } from '../net/sockets.ts';

export default program({
  name: 'arp',
  at: ['/usr/sbin/arp'],
  spec: 'net-tools 2.10 arp(8): -a, -e, -n, -i, -d, -s',
  usage: '[-vn]  [<HW>] [-i <if>] [-a] [<hostname>]             <-Display ARP cache',
  about: 'Show and change the cache of hardware addresses.',
  version: 'net-tools 2.10',
  options: {
    all: { short: 'a', help: 'display (all) hosts in alternative (BSD) style' },
    linux: { short: 'e', long: false, busybox: false, help: 'display (all) hosts in default (Linux) style' },
    set: { short: 's', help: 'set a new ARP entry' },
    delete: { short: 'd', help: 'delete a specified entry' },
    verbose: { short: 'v', help: 'be verbose' },
    numeric: { short: 'n', help: "don't resolve names" },
    device: { short: 'i', arg: 'if', help: 'specify network interface (e.g. eth0)' },
  },
  busybox: {
    at: '/sbin/arp',
    long: [],
    usage:
      '\n[-vn]\t[-H HWTYPE] [-i IF] -a [HOSTNAME]\n[-v]\t\t    [-i IF] -d HOSTNAME [pub]\n[-v]\t[-H HWTYPE] [-i IF] -s HOSTNAME HWADDR [temp]\n[-v]\t[-H HWTYPE] [-i IF] -s HOSTNAME HWADDR [netmask MASK] pub\n[-v]\t[-H HWTYPE] [-i IF] -Ds HOSTNAME IFACE [netmask MASK] pub',
    help: "Manipulate ARP cache\n\n\t-a\t\tDisplay (all) hosts\n\t-d\t\tDelete ARP entry\n\t-s\t\tSet new entry\n\t-v\t\tVerbose\n\t-n\t\tDon't resolve names\n\t-i IF\t\tNetwork interface\n\t-D\t\tRead HWADDR from IFACE\n\t-A,-p AF\tProtocol family\n\t-H HWTYPE\tHardware address type\n",
  },
  *main(ctx) {
    const { opts, args, sys, stdout } = ctx;
    const answer = sys.netlink({ type: 'neighbour-list' });
    const all = (Array.isArray(answer) ? (answer as NeighbourInfo[]) : []).filter((entry) => !isIp6(entry.address));
    if (opts.delete || opts.set) {
      const [address, mac] = args;
      if (address === undefined || (opts.set && mac === undefined)) return yield* ctx.die('need host name');
      const dev = opts.device ?? all.find((entry) => entry.address === address)?.dev;
      if (dev === undefined) return yield* ctx.die(`no ARP entry for ${address}`, 255);
      const result = sys.netlink(
        opts.set ? { type: 'neighbour-add', dev, address, mac: mac! } : { type: 'neighbour-del', dev, address },
      );
      if (typeof result === 'number' && result < 0)
        return yield* ctx.die(`SIOC${opts.set ? 'S' : 'D'}ARP: ${ctx.strerror(result)}`, 255);
      return 0;
    }
    const shown = all.filter(
      (entry) =>
        (opts.device === undefined || entry.dev === opts.device) &&
        (args[0] === undefined || entry.address === args[0]),
    );
    if (args[0] !== undefined && shown.length === 0) {
      yield* stdout.write(`${args[0]} (${args[0]}) -- no entry\n`);
      return 1;
    }
    const names = new Names(sys);
    const bsd = opts.all || ctx.form === 'busybox';
    if (!bsd && shown.length > 0)
      yield* stdout.write('Address                  HWtype  HWaddress           Flags Mask            Iface\n');
    for (const entry of shown) {
      const name = opts.numeric ? entry.address : yield* names.host(entry.address);
      const known = entry.mac !== undefined;
      const flags = `C${entry.state === 'PERMANENT' ? 'M' : ''}`;
      if (bsd) {
        const host = name === entry.address ? '?' : name;
        const gap = ctx.form === 'busybox' ? '  ' : ' ';
        yield* stdout.write(
          `${host} (${entry.address}) at ${known ? `${entry.mac} [ether]${entry.state === 'PERMANENT' ? ' PERM' : ''}${gap}` : '<incomplete> '}on ${entry.dev}\n`,
        );
      } else if (known)
        yield* stdout.write(`${name.padEnd(23)}  ether   ${entry.mac!.padEnd(18)}  ${flags.padEnd(21)} ${entry.dev}\n`);
      else yield* stdout.write(`${name.padEnd(23)}          (incomplete)                              ${entry.dev}\n`);
    }
    return 0;
  },
});
