import type { LinkInfo } from '../../abi/netlink.ts';
import type { Wait } from '../../libc/io.ts';
import { flagNames, linkJson, linkLines, operState } from './link-text.ts';
import { change, fail, type IpContext, links, match, next, noDevice } from './request.ts';

/** Which devices `show` is about. */
export interface Selection {
  dev: string | undefined;
  up: boolean;
  type: string | undefined;
  master: string | undefined;
}

/** Reads `[dev] NAME`, `up`, `type T`, `master M` after `show`. */
export function* readSelection(ip: IpContext): Wait<Selection> {
  const words = [...ip.words];
  const wanted: Selection = { dev: undefined, up: false, type: undefined, master: undefined };
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === 'up') wanted.up = true;
    else if (word === 'type') wanted.type = yield* next(ip, words);
    else if (word === 'master') wanted.master = yield* next(ip, words);
    else if (word === 'scope' || word === 'to' || word === 'label') yield* next(ip, words);
    else wanted.dev = word === 'dev' ? yield* next(ip, words) : word;
  }
  return wanted;
}

/** The devices of a selection, in the order of their indices. */
export function* selected(ip: IpContext, wanted: Selection): Wait<LinkInfo[]> {
  const all = links(ip);
  const { dev, master } = wanted;
  if (dev !== undefined && !all.some((link) => link.name === dev)) return yield* noDevice(ip, dev, true);
  const bridge = master === undefined ? undefined : all.find((link) => link.name === master);
  if (master !== undefined && !bridge) return yield* noDevice(ip, master, true);
  return all.filter(
    (link) =>
      (dev === undefined || link.name === dev) &&
      (!wanted.up || link.up) &&
      (wanted.type === undefined || link.kind === wanted.type) &&
      (bridge === undefined || link.master === bridge.index),
  );
}

/** `ip link`. */
export function* ipLink(ip: IpContext): Wait<number> {
  const verb =
    ip.words[0] === undefined
      ? 'show'
      : match(ip.words[0], ['add', 'change', 'set', 'replace', 'delete', 'show', 'list', 'lst', 'ls', 'help']);
  if (verb === undefined && ip.words[0] !== undefined) {
    if (ip.busybox) return yield* fail(ip, `invalid argument '${ip.words[0]}' to 'ip'`);
    return yield* fail(ip, `Command "${ip.words[0]}" is unknown, try "ip link help".`, 255);
  }
  ip.words.shift();
  if (verb === 'add' || verb === 'replace') return yield* addLink(ip);
  if (verb === 'set' || verb === 'change') return yield* setLink(ip);
  if (verb === 'delete') return yield* deleteLink(ip);
  return yield* showLinks(ip);
}

function* showLinks(ip: IpContext): Wait<number> {
  const { stdout } = ip.ctx;
  const all = links(ip);
  const chosen = yield* selected(ip, yield* readSelection(ip));
  if (ip.options.json) {
    yield* stdout.write(`${JSON.stringify(chosen.map((link) => linkJson(link, all, true)))}\n`);
    return 0;
  }
  for (const link of chosen) {
    if (ip.options.brief) {
      const flags = flagNames(link, all, false).join(',');
      const peer = link.peer === undefined ? link.name : `${link.name}@${peerName(link, all)}`;
      yield* stdout.write(`${peer.padEnd(16)} ${operState(link).padEnd(14)} ${link.mac} <${flags}> \n`);
    } else yield* stdout.write(`${linkLines(ip, link, all, true).join(ip.options.oneline ? '\\' : '\n')}\n`);
  }
  return 0;
}

/** What follows the `@`. */
export function peerName(link: LinkInfo, all: readonly LinkInfo[]): string {
  if (link.netnsId !== undefined) return `if${link.peer}`;
  return all.find((other) => other.index === link.peer)?.name ?? `if${link.peer}`;
}

function* addLink(ip: IpContext): Wait<number> {
  const { words } = ip;
  let name = '';
  let type = '';
  let peer = '';
  let mac: string | undefined;
  let peerPid: number | undefined;
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === 'name') {
      if (type === 'veth' && peer === '\0') peer = yield* next(ip, words);
      else name = yield* next(ip, words);
    } else if (word === 'type') type = yield* next(ip, words);
    else if (word === 'address') mac = yield* next(ip, words);
    else if (word === 'netns') peerPid = Number(yield* next(ip, words));
    else if (word === 'peer') {
      const first = yield* next(ip, words);
      peer = first === 'name' ? yield* next(ip, words) : first;
    } else if (word === 'link' || word === 'mtu') yield* next(ip, words);
    else name = word === 'dev' ? yield* next(ip, words) : word;
  }
  if (type === '') return yield* fail(ip, 'Not enough information: "type" argument is required', 255);
  if (type === 'veth') {
    const pair = { name: name || freeName(ip, 'veth'), peer: peer || freeName(ip, 'veth', name) };
    const more = { ...(mac === undefined ? {} : { mac }), ...(peerPid === undefined ? {} : { peerPid }) };
    return yield* change(ip, { type: 'veth-add', ...pair, ...more, txqlen: 1000 });
  }
  if (type !== 'bridge' && type !== 'dummy') return yield* fail(ip, 'Error: Unknown device type.', 2);
  const device = { name: name || freeName(ip, type), kind: type } as const;
  return yield* change(ip, { type: 'link-add', ...device, ...(mac === undefined ? {} : { mac }), txqlen: 1000 });
}

function freeName(ip: IpContext, base: string, taken = ''): string {
  const names = new Set([...links(ip).map((link) => link.name), taken]);
  for (let i = 0; ; i++) if (!names.has(`${base}${i}`)) return `${base}${i}`;
}

function* setLink(ip: IpContext): Wait<number> {
  const { words } = ip;
  let name: string | undefined;
  const set: {
    up?: boolean;
    master?: string | null;
    rename?: string;
    mac?: string;
    mtu?: number;
    txqlen?: number;
    netnsPid?: number;
  } = {};
  while (words.length > 0) {
    const word = words.shift()!;
    if (word === 'up') set.up = true;
    else if (word === 'down') set.up = false;
    else if (word === 'nomaster') set.master = null;
    else if (word === 'master') set.master = yield* next(ip, words);
    else if (word === 'name') set.rename = yield* next(ip, words);
    else if (word === 'address') set.mac = yield* next(ip, words);
    else if (word === 'mtu') set.mtu = Number(yield* next(ip, words));
    else if (word === 'txqueuelen' || word === 'qlen') set.txqlen = Number(yield* next(ip, words));
    else if (word === 'netns') set.netnsPid = Number(yield* next(ip, words));
    else if (['arp', 'multicast', 'promisc', 'allmulticast', 'alias', 'group', 'addrgenmode'].includes(word))
      yield* next(ip, words);
    else name = word === 'dev' ? yield* next(ip, words) : word;
  }
  if (name === undefined) return yield* fail(ip, 'Not enough of information: "dev" argument is required.', 255);
  const known = new Set(links(ip).map((link) => link.name));
  if (!known.has(name)) {
    if (ip.busybox) return yield* fail(ip, 'SIOCGIFFLAGS: No such device');
    return yield* noDevice(ip, name);
  }
  if (typeof set.master === 'string' && !known.has(set.master))
    return yield* fail(ip, `Error: argument "${set.master}" is wrong: Device does not exist\n`.trimEnd());
  return yield* change(ip, { type: 'link-set', name, ...set }, name);
}

function* deleteLink(ip: IpContext): Wait<number> {
  const words = ip.words.filter((word) => word !== 'dev' && word !== 'link');
  const type = words.indexOf('type');
  if (type >= 0) words.splice(type, 2);
  const name = words[0];
  if (name === undefined) return yield* fail(ip, 'Not enough information: "dev" argument is required.', 255);
  return yield* change(ip, { type: 'link-del', name }, name);
}
