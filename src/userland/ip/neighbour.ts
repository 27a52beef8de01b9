import type { NeighbourInfo } from '../../abi/netlink.ts';
import { isIp6 } from '../../lib/ip.ts';
import type { Wait } from '../../libc/io.ts';
import { change, fail, type IpContext, links, match, next, noDevice } from './request.ts';

/** `ip neighbour`. */
export function* ipNeighbour(ip: IpContext): Wait<number> {
  const [first] = ip.words;
  const verb =
    first === undefined
      ? 'show'
      : match(first, ['add', 'change', 'replace', 'delete', 'show', 'list', 'lst', 'ls', 'flush', 'help']);
  if (verb === undefined) return yield* fail(ip, `Command "${first}" is unknown, try "ip neigh help".`, 255);
  ip.words.shift();
  if (verb === 'show' || verb === 'list' || verb === 'lst' || verb === 'ls') return yield* show(ip);
  return yield* edit(ip, verb);
}

function neighbours(ip: IpContext): NeighbourInfo[] {
  const answer = ip.ctx.sys.netlink({ type: 'neighbour-list' });
  return Array.isArray(answer) ? (answer as NeighbourInfo[]) : [];
}

function* show(ip: IpContext): Wait<number> {
  const at = ip.words.indexOf('dev');
  const dev = at >= 0 ? ip.words[at + 1] : undefined;
  if (dev !== undefined && !links(ip).some((link) => link.name === dev)) return yield* noDevice(ip, dev);
  for (const entry of neighbours(ip)) {
    if (dev !== undefined && entry.dev !== dev) continue;
    if (ip.options.family !== undefined && isIp6(entry.address) !== (ip.options.family === 'inet6')) continue;
    const mac = entry.mac === undefined ? '' : `lladdr ${entry.mac}`;
    const line = ip.busybox
      ? `${entry.address} dev ${entry.dev} ${mac} ref 1 used 0/0/0 probes ${entry.mac === undefined ? 3 : 1} ${entry.state}`
      : `${entry.address} ${dev === undefined ? `dev ${entry.dev} ` : ''}${mac === '' ? '' : `${mac} `}${entry.state} `;
    yield* ip.ctx.stdout.write(`${line}\n`);
  }
  return 0;
}

function* edit(ip: IpContext, verb: string): Wait<number> {
  const { words } = ip;
  let address: string | undefined;
  let dev: string | undefined;
  let mac: string | undefined;
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === 'dev') dev = yield* next(ip, words);
    else if (word === 'lladdr') mac = yield* next(ip, words);
    else if (word === 'nud') yield* next(ip, words);
    else address = word === 'to' ? yield* next(ip, words) : word;
  }
  if (verb === 'flush') {
    for (const entry of neighbours(ip))
      if (
        (dev === undefined || entry.dev === dev) &&
        (address === undefined || address === 'all' || entry.address === address)
      )
        yield* change(ip, { type: 'neighbour-del', dev: entry.dev, address: entry.address });
    return 0;
  }
  if (dev === undefined || address === undefined)
    return yield* fail(ip, 'Device and destination are required arguments.', 255);
  if (verb === 'delete') return yield* change(ip, { type: 'neighbour-del', dev, address }, dev);
  return yield* change(ip, { type: 'neighbour-add', dev, address, mac: mac ?? '' }, dev);
}
