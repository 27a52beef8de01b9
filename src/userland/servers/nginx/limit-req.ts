import { EINTR } from '../../../abi/errno.ts';
import type { Wait } from '../../../libc/io.ts';
import { type Directive, failAt } from './config-file.ts';
import { type Log, type Outcome, special } from './reply.ts';
import type { Request } from './request.ts';
import type { Scope } from './scope.ts';

/** A `limit_req_zone`. */
interface Zone {
  key: string;
  /** Thousandths of a request per second. */
  rate: number;
}

interface Bucket {
  /** Thousandths of a request above the rate. */
  excess: number;
  /** Milliseconds of its last change. */
  at: number;
}

/** The buckets of all zones, which workers share. */
export type LimitZones = Map<string, Map<string, Bucket>>;

/** Keys that a zone remembers; the oldest goes first. */
const KEYS = 16_000;

/** Reads a zone's directive. @throws ConfigError */
export function readZone(directive: Directive): Zone & { name: string } {
  const [key, ...options] = directive.args as [string, ...string[]];
  const name = options.map((o) => /^zone=([^:]+):\d+[kKmM]?$/.exec(o)?.[1]).find(Boolean);
  const rate = options.map((o) => /^rate=(\d+)r\/([sm])$/.exec(o)).find(Boolean);
  const wrong = options.find((o) => !/^(zone=[^:]+:\d+[kKmM]?|rate=\d+r\/[sm]|sync)$/.test(o));
  if (wrong !== undefined)
    throw failAt(directive, wrong.startsWith('rate=') ? `invalid rate "${wrong}"` : `invalid parameter "${wrong}"`);
  if (name === undefined) throw failAt(directive, '"limit_req_zone" must have "zone" parameter');
  return { name, key, rate: rate ? (Number(rate[1]) * 1000) / (rate[2] === 'm' ? 60 : 1) : 1000 };
}

const zonesOf = (http: Scope): Map<string, Zone> =>
  http.memo('limit-zones', () => new Map(http.own('limit_req_zone').map((d) => [readZone(d).name, readZone(d)])));

/** Holds a request up, or refuses it, where it comes too early. @returns the refusal */
export function* limitRequest(request: Request, zones: LimitZones, log: Log): Wait<Outcome | undefined> {
  for (const { args } of request.scope.all('limit_req')) {
    const option = (name: string): string | undefined =>
      args.find((arg) => arg.startsWith(`${name}=`))?.slice(name.length + 1);
    const name = option('zone')!;
    const zone = zonesOf(request.config.http!).get(name);
    const key = zone && request.text(zone.key);
    if (!zone || !key) continue;
    const burst = Number(option('burst') ?? 0) * 1000;
    const level = (request.scope.value('limit_req_log_level') ?? 'error') as 'error';
    const excess = fill(zones, name, key, zone.rate, request.sys.now(0), burst);
    const shown = `${Math.floor(excess / 1000)}.${String(Math.floor(excess % 1000)).padStart(3, '0')}`;
    if (excess > burst) {
      yield* log(level, `limiting requests, excess: ${shown} by zone "${name}"`);
      return special(Number(request.scope.value('limit_req_status') ?? 503));
    }
    const free = args.includes('nodelay') ? burst : Number(option('delay') ?? 0) * 1000;
    if (excess <= free) continue;
    yield* log('warn', `delaying request, excess: ${shown}, by zone "${name}"`);
    let r: number;
    while ((r = request.sys.sleep(((excess - free) * 1000) / zone.rate)) < -EINTR) yield;
    if (r < 0) continue;
  }
  return undefined;
}

/** Puts a request into its bucket, unless that is full. @returns the excess with it */
function fill(zones: LimitZones, name: string, key: string, rate: number, now: number, burst: number): number {
  let buckets = zones.get(name);
  if (!buckets) zones.set(name, (buckets = new Map()));
  const bucket = buckets.get(key);
  const excess = bucket ? Math.max(0, bucket.excess - (rate * (now - bucket.at)) / 1000 + 1000) : 0;
  if (excess > burst) return excess;
  buckets.delete(key);
  buckets.set(key, { excess, at: now });
  if (buckets.size > KEYS) buckets.delete(buckets.keys().next().value!);
  return excess;
}
