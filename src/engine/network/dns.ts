import { BLOCKED } from '../../abi/errno.ts';
import { CLONE_NEWNET, O_CLOEXEC, POLLIN } from '../../abi/flags.ts';
import { AF_INET, type Datagram, SOCK_CLOEXEC, SOCK_DGRAM } from '../../abi/socket.ts';
import type { Sys } from '../../abi/sys.ts';
import { DNS_TYPES, type DnsMessage, type DnsRecord, decodeDns, dnsAnswer, encodeDns } from '../../lib/dns.ts';
import { isIp6 } from '../../lib/ip.ts';
import { poll, type Wait } from '../../libc/io.ts';
import { within } from '../runtime/namespaces.ts';

export const DNS_ADDRESS = '127.0.0.11';
const PORT = 53;
const TTL = 600;
const FORWARD_TIMEOUT = 4000;

/** Who is known by a name in a sandbox's networks. */
export interface Names {
  /** Addresses of a name. @returns undefined where nobody has it */
  addresses(name: string): string[] | undefined;
  /** Name of an address. */
  nameOf(address: string): string | undefined;
  /** Name servers that are asked for everything else; [] for an internal network. */
  readonly servers: readonly string[];
}

/** The engine's name server in one sandbox, at 127.0.0.11. */
export class DnsServer {
  readonly #udp: number;
  readonly #stop: [number, number];
  readonly #names: Names;

  private constructor(udp: number, stop: [number, number], names: Names) {
    this.#udp = udp;
    this.#stop = stop;
    this.#names = names;
  }

  /** Binds the socket in the sandbox and serves it in a thread. @returns undefined where that cannot be */
  static start(sys: Sys, host: number, sandbox: number, names: Names): DnsServer | undefined {
    const udp = within(sys, sandbox, host, CLONE_NEWNET, () => {
      const fd = sys.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC);
      if (fd >= 0) sys.bind(fd, { family: AF_INET, addr: DNS_ADDRESS, port: PORT });
      return fd;
    });
    if (udp < 0) return undefined;
    const ends = [0, 0];
    sys.pipe2(ends, O_CLOEXEC);
    const server = new DnsServer(udp, [ends[0]!, ends[1]!], names);
    sys.thread((own) => server.#serve(own));
    return server;
  }

  /** Ends the thread, which closes what it used. */
  stop(sys: Sys): void {
    sys.close(this.#stop[1]);
  }

  *#serve(sys: Sys): Generator<void, number, void> {
    const buffer = new Uint8Array(4096);
    const fds = [
      { fd: this.#udp, events: POLLIN, revents: 0 },
      { fd: this.#stop[0], events: POLLIN, revents: 0 },
    ];
    for (;;) {
      yield* poll(sys, fds, -1);
      if (fds[1]!.revents !== 0) break;
      const out: Datagram = { from: undefined, ttl: 0 };
      const n = sys.recvfrom(this.#udp, buffer, out);
      if (n === BLOCKED) {
        yield;
        continue;
      }
      if (n <= 0 || !out.from) continue;
      const query = decodeDns(buffer.subarray(0, n));
      if (!query?.questions[0]) continue;
      const from = out.from;
      const answer = this.#local(query);
      if (answer) yield* send(sys, this.#udp, encodeDns(answer), from);
      else {
        const raw = buffer.slice(0, n);
        sys.thread((own) => this.#forward(own, raw, query, from));
      }
    }
    sys.close(this.#udp);
    sys.close(this.#stop[0]);
    return 0;
  }

  /** The answer about containers; undefined where the question is about something else. */
  #local(query: DnsMessage): DnsMessage | undefined {
    const question = query.questions[0]!;
    const name = question.name.replace(/\.$/, '');
    const reverse = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/i.exec(name);
    if (reverse) {
      const found = this.#names.nameOf(`${reverse[4]}.${reverse[3]}.${reverse[2]}.${reverse[1]}`);
      return found === undefined
        ? undefined
        : dnsAnswer(query, 'NOERROR', [{ name: question.name, type: DNS_TYPES.PTR, ttl: TTL, data: found }]);
    }
    const addresses = this.#names.addresses(name.toLowerCase());
    if (addresses === undefined) return undefined;
    const records = addresses
      .map((address) => addressRecord(question.name, address))
      .filter((record) => record.type === question.type);
    return dnsAnswer(query, 'NOERROR', records);
  }

  /** Asks the servers of the host, one after another. */
  *#forward(sys: Sys, raw: Uint8Array, query: DnsMessage, from: Datagram['from']): Generator<void, number, void> {
    for (const addr of this.#names.servers) {
      const fd = sys.socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC);
      if (fd < 0) break;
      const sent = yield* send(sys, fd, raw, { family: AF_INET, addr, port: PORT });
      const fds = [{ fd, events: POLLIN, revents: 0 }];
      if (sent >= 0 && (yield* poll(sys, fds, FORWARD_TIMEOUT)) > 0) {
        const buffer = new Uint8Array(4096);
        let n: number;
        while ((n = sys.recvfrom(fd, buffer)) === BLOCKED) yield;
        if (n > 0) {
          sys.close(fd);
          yield* send(sys, this.#udp, buffer.subarray(0, n), from);
          return 0;
        }
      }
      sys.close(fd);
    }
    yield* send(sys, this.#udp, encodeDns(dnsAnswer(query, 'SERVFAIL', [])), from);
    return 0;
  }
}

function* send(sys: Sys, fd: number, bytes: Uint8Array, to: Datagram['from']): Wait<number> {
  let r: number;
  while ((r = sys.sendto(fd, bytes, to)) === BLOCKED) yield;
  return r;
}

const addressRecord = (name: string, data: string): DnsRecord => ({
  name,
  type: isIp6(data) ? DNS_TYPES.AAAA : DNS_TYPES.A,
  ttl: TTL,
  data,
});
