import { ENODEV } from '../../abi/errno.ts';
import type { LinkInfo, NetlinkRequest, RouteInfo } from '../../abi/netlink.ts';
import type { Wait } from '../../libc/io.ts';
import { type Context, exitWith } from '../../libc/program.ts';

/** What the options before the object say. */
export interface IpOptions {
  family: 'inet' | 'inet6' | undefined;
  oneline: boolean;
  brief: boolean;
  statistics: boolean;
  json: boolean;
}

/** What a subcommand gets. */
export interface IpContext {
  ctx: Context;
  options: IpOptions;
  busybox: boolean;
  /** Words after the object. */
  words: string[];
}

export function links({ ctx }: IpContext): LinkInfo[] {
  const answer = ctx.sys.netlink({ type: 'link-list' });
  return Array.isArray(answer) ? (answer as LinkInfo[]) : [];
}

export function routes({ ctx }: IpContext): RouteInfo[] {
  const answer = ctx.sys.netlink({ type: 'route-list' });
  return Array.isArray(answer) ? (answer as RouteInfo[]) : [];
}

/** busybox changes a link by ioctl(2), and names that. */
function ioctlOf(request: NetlinkRequest): string | undefined {
  if (request.type !== 'link-set') return undefined;
  if (request.mtu !== undefined) return 'SIOCSIFMTU';
  if (request.mac !== undefined) return 'SIOCSIFHWADDR';
  if (request.txqlen !== undefined) return 'SIOCSIFTXQLEN';
  return request.up === undefined ? undefined : 'SIOCSIFFLAGS';
}

/** Sends a request that changes something; ends the program with the words of an error. */
export function* change(ip: IpContext, request: NetlinkRequest, dev?: string): Wait<number> {
  const result = ip.ctx.sys.netlink(request);
  if (typeof result !== 'number' || result >= 0) return 0;
  if (result === -ENODEV && dev !== undefined) return yield* noDevice(ip, dev);
  const what = (ip.busybox && ioctlOf(request)) || 'RTNETLINK answers';
  yield* complain(ip, `${what}: ${ip.ctx.strerror(result)}`);
  return exitWith(2);
}

/** Prints a message on stderr (busybox puts its name before). */
export function* complain(ip: IpContext, message: string): Wait<void> {
  yield* ip.ctx.stdout.flush();
  yield* ip.ctx.stderr.write(`${ip.busybox ? 'ip: ' : ''}${message}\n`);
}

export function* fail(ip: IpContext, message: string, status = 1): Wait<never> {
  yield* complain(ip, message);
  return exitWith(status);
}

export function* noDevice(ip: IpContext, dev: string, showing = false): Wait<never> {
  if (ip.busybox) return yield* fail(ip, `can't find device '${dev}'`);
  return yield* fail(ip, showing ? `Device "${dev}" does not exist.` : `Cannot find device "${dev}"`);
}

/** The operand of a keyword. */
export function* next(ip: IpContext, words: string[]): Wait<string> {
  const word = words.shift();
  if (word !== undefined) return word;
  return yield* fail(
    ip,
    ip.busybox ? 'command line is not complete, try "help"' : 'Command line is not complete. Try option "help"',
    ip.busybox ? 1 : 255,
  );
}

/** The first candidate that `word` abbreviates. */
export const match = (word: string, candidates: readonly string[]): string | undefined =>
  candidates.find((candidate) => candidate.startsWith(word));
