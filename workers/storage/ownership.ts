import type { Database } from './database.ts';

/** How long an owner counts as alive without a sign, where pages cannot ask each other: milliseconds. */
const LEASE = 8000;
const RENEW = 2500;
/** How long an owner may take to answer whether it lives, and to hand over. */
const ANSWER = 200;
const HANDOVER = 3000;
/** An owner that still answers may be a page that is just being left: this long is waited for that. */
const GRACE = 800;

type Message = { kind: 'ping' | 'yield'; from: string } | { kind: 'pong' | 'released'; from: string };

/** The right to write a machine's disk: one page has it. */
export interface Ownership {
  id: string;
  /** The owner stands in the database. */
  signed: Promise<unknown>;
  release(): void;
}

/**
 * Takes the ownership of a machine: by a Web Lock, or by a lease in its database where there are none (plain http).
 * Pages ask each other over a BroadcastChannel, so that a page that was closed without a word does not keep the next out.
 * @param opening the database: where there are locks, it is asked for the lock while it opens
 * @param takeOver ask the owner to hand over; one that does not is cut off
 * @param onyield another page asks for the machine: save, stop and release
 * @returns undefined where a living page has it
 */
export async function own(
  name: string,
  opening: Promise<Database>,
  takeOver: boolean,
  onyield: () => void,
): Promise<Ownership | undefined> {
  const id = makeId();
  const channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel(name) : undefined;
  const lock = await takeLock(name, opening, channel, id, takeOver);
  if (!lock) {
    channel?.close();
    return undefined;
  }
  const database = await opening.catch((error: unknown) => {
    lock.release();
    throw error;
  });
  const put = () => database.put('owner', { id, until: Date.now() + LEASE }, 'owner');
  const sign = () => put().catch(() => {});
  const signed = put();
  const timer = setInterval(() => {
    void database
      .get('owner', 'owner')
      .then((owner) => (owner?.id === id ? sign() : undefined))
      .catch(() => {});
  }, RENEW);
  channel?.addEventListener('message', ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'ping') channel.postMessage({ kind: 'pong', from: id } satisfies Message);
    if (data.kind === 'yield') onyield();
  });
  return {
    id,
    signed,
    release() {
      clearInterval(timer);
      void database
        .get('owner', 'owner')
        .then((owner) => (owner?.id === id ? database.delete('owner', 'owner') : undefined))
        .catch(() => {});
      channel?.postMessage({ kind: 'released', from: id } satisfies Message);
      channel?.close();
      lock.release();
    },
  };
}

async function takeLock(
  name: string,
  opening: Promise<Database>,
  channel: BroadcastChannel | undefined,
  id: string,
  takeOver: boolean,
): Promise<{ release(): void } | undefined> {
  const locks = typeof navigator === 'object' ? (navigator as { locks?: LockManager }).locks : undefined;
  const free = locks ? await request(locks, name, { ifAvailable: true }) : await leaseIsFree(opening);
  if (free) return free === true ? { release() {} } : free;
  if (takeOver) {
    const released = channel && heard(channel, 'released', HANDOVER);
    channel?.postMessage({ kind: 'yield', from: id } satisfies Message);
    await released;
  } else if (channel ? await isAlive(channel, id) : true) {
    if (locks) return await lockWithin(locks, name, GRACE);
    if (channel) await heard(channel, 'released', GRACE);
    return (await leaseIsFree(opening)) ? { release() {} } : undefined;
  }
  if (!locks) return { release() {} };
  // The owner handed over or is dead: its lock comes free with its worker. One that hangs loses it.
  return (await lockWithin(locks, name, HANDOVER)) ?? (await request(locks, name, { steal: true }));
}

/** Waits for a lock. @returns undefined where it did not come free in time */
async function lockWithin(locks: LockManager, name: string, ms: number): Promise<{ release(): void } | undefined> {
  const abort = new AbortController();
  const timer = setTimeout(() => abort.abort(), ms);
  const lock = await request(locks, name, { signal: abort.signal }).catch(() => undefined);
  clearTimeout(timer);
  return lock;
}

/** Asks for a lock and holds it until released. @returns undefined where it is not available */
function request(locks: LockManager, name: string, options: LockOptions): Promise<{ release(): void } | undefined> {
  return new Promise((resolve, reject) => {
    locks
      .request(name, options, (lock) => {
        if (!lock) {
          resolve(undefined);
          return undefined;
        }
        return new Promise<void>((release) => resolve({ release }));
      })
      .catch(reject);
  });
}

async function leaseIsFree(opening: Promise<Database>): Promise<boolean> {
  const owner = await (await opening).get('owner', 'owner');
  return !owner || owner.until < Date.now();
}

function isAlive(channel: BroadcastChannel, id: string): Promise<boolean> {
  const answer = heard(channel, 'pong', ANSWER);
  channel.postMessage({ kind: 'ping', from: id } satisfies Message);
  return answer;
}

/** @returns whether a message of this kind came in time */
function heard(channel: BroadcastChannel, kind: Message['kind'], ms: number): Promise<boolean> {
  return new Promise((resolve) => {
    const done = (came: boolean) => {
      clearTimeout(timer);
      channel.removeEventListener('message', listen);
      resolve(came);
    };
    const listen = ({ data }: MessageEvent<Message>) => {
      if (data.kind === kind) done(true);
    };
    const timer = setTimeout(() => done(false), ms);
    channel.addEventListener('message', listen);
  });
}

/** A name for this page's ownership; crypto.randomUUID does not exist on plain http. */
function makeId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
