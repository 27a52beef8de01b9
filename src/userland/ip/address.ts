import type { AddressInfo, LinkInfo } from '../../abi/netlink.ts';
import { isIp6, parseCidr } from '../../lib/ip.ts';
import type { Wait } from '../../libc/io.ts';
import { peerName, readSelection, selected } from './link.ts';
import { linkJson, linkLines, operState } from './link-text.ts';
import { change, fail, type IpContext, links, match, next } from './request.ts';

/** `ip address`. */
export function* ipAddress(ip: IpContext): Wait<number> {
  const [first] = ip.words;
  const verb =
    first === undefined
      ? 'show'
      : match(first, ['add', 'change', 'replace', 'delete', 'show', 'list', 'lst', 'ls', 'flush', 'help']);
  if (verb === undefined) {
    if (ip.busybox) return yield* fail(ip, `invalid argument '${first}' to 'ip'`);
    return yield* fail(ip, `Command "${first}" is unknown, try "ip address help".`, 255);
  }
  ip.words.shift();
  if (verb === 'add' || verb === 'change' || verb === 'replace') return yield* changeAddress(ip, 'addr-add');
  if (verb === 'delete') return yield* changeAddress(ip, 'addr-del');
  if (verb === 'flush') return yield* flush(ip);
  return yield* show(ip);
}

const shown = (ip: IpContext, link: LinkInfo): AddressInfo[] =>
  link.addresses.filter((a) => ip.options.family === undefined || a.family === ip.options.family);

function* show(ip: IpContext): Wait<number> {
  const { stdout } = ip.ctx;
  const all = links(ip);
  const chosen = (yield* selected(ip, yield* readSelection(ip))).filter(
    (link) => ip.options.family === undefined || shown(ip, link).length > 0,
  );
  if (ip.options.json) {
    const rows = chosen.map((link) => ({
      ...linkJson(link, all, false),
      addr_info: shown(ip, link).map((a) => addressJson(a, link)),
    }));
    yield* stdout.write(`${JSON.stringify(rows)}\n`);
    return 0;
  }
  for (const link of chosen) {
    if (ip.options.brief) yield* stdout.write(briefLine(ip, link, all));
    else if (ip.options.oneline) {
      for (const address of shown(ip, link))
        yield* stdout.write(`${link.index}: ${link.name}${addressLines(address, link).join('\\')}\n`);
    } else {
      const [head, mac, ...statistics] = linkLines(ip, link, all, false);
      const addresses = shown(ip, link).flatMap((address) => addressLines(address, link));
      const lines = [head!, ...(ip.options.family === undefined ? [mac!] : []), ...addresses, ...statistics];
      yield* stdout.write(`${lines.join('\n')}\n`);
    }
  }
  return 0;
}

function addressLines(address: AddressInfo, link: LinkInfo): string[] {
  const broadcast = address.broadcast === undefined ? '' : ` brd ${address.broadcast}`;
  const label = address.family === 'inet' ? link.name : '';
  return [
    `    ${address.family} ${address.address}/${address.prefix}${broadcast} scope ${address.scope} ${label}`,
    '       valid_lft forever preferred_lft forever',
  ];
}

function briefLine(ip: IpContext, link: LinkInfo, all: readonly LinkInfo[]): string {
  const name = link.peer === undefined ? link.name : `${link.name}@${peerName(link, all)}`;
  const addresses = shown(ip, link).map((a) => `${a.address}/${a.prefix} `);
  return `${name.padEnd(16)} ${operState(link).padEnd(14)} ${addresses.join('')}\n`;
}

function addressJson(address: AddressInfo, link: LinkInfo): Record<string, unknown> {
  const forever = 4294967295;
  return {
    family: address.family,
    local: address.address,
    prefixlen: address.prefix,
    ...(address.broadcast === undefined ? {} : { broadcast: address.broadcast }),
    scope: address.scope,
    ...(address.family === 'inet' ? { label: link.name } : {}),
    valid_life_time: forever,
    preferred_life_time: forever,
  };
}

function* changeAddress(ip: IpContext, type: 'addr-add' | 'addr-del'): Wait<number> {
  const { words } = ip;
  let dev: string | undefined;
  let text: string | undefined;
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === 'dev') dev = yield* next(ip, words);
    else if (['brd', 'broadcast', 'scope', 'label', 'peer', 'metric', 'valid_lft', 'preferred_lft'].includes(word))
      yield* next(ip, words);
    else text = word === 'local' ? yield* next(ip, words) : word;
  }
  if (dev === undefined) {
    return yield* fail(
      ip,
      ip.busybox ? '"dev" argument is required' : 'Not enough information: "dev" argument is required.',
      ip.busybox ? 1 : 255,
    );
  }
  const cidr = parseCidr(text ?? '');
  if (!cidr) return yield* fail(ip, `Error: inet prefix is expected rather than "${text ?? ''}".`);
  return yield* change(ip, { type, dev, address: cidr.address, prefix: cidr.prefix }, dev);
}

function* flush(ip: IpContext): Wait<number> {
  const wanted = yield* readSelection(ip);
  if (wanted.dev === undefined) return yield* fail(ip, 'Flush requires arguments.', 255);
  for (const link of yield* selected(ip, wanted)) {
    for (const { address, prefix } of shown(ip, link)) {
      if (ip.options.family === undefined && isIp6(address) && address.startsWith('fe80')) continue;
      yield* change(ip, { type: 'addr-del', dev: link.name, address, prefix });
    }
  }
  return 0;
}
