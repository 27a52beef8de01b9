import type { DnatRule, ForwardPolicy } from '../../abi/netlink.ts';
import type { Flow } from './conntrack.ts';
import { type Packet, TCP, UDP } from './packet.ts';

const EMPTY: ForwardPolicy = { isolated: [], internal: [], masquerade: [], noIcc: [] };

/** What a namespace forwards, publishes and masquerades. */
export class Filter {
  #rules: DnatRule[] = [];
  #policy: ForwardPolicy = EMPTY;
  /** Nothing is set: packets need not be tracked. */
  idle = true;

  get policy(): ForwardPolicy {
    return this.#policy;
  }

  set policy(policy: ForwardPolicy) {
    this.#policy = { noIcc: [], ...policy };
    this.#changed();
  }

  get rules(): readonly DnatRule[] {
    return this.#rules;
  }

  /** @returns false where the same rule is there */
  addRule(rule: DnatRule): boolean {
    if (this.#rules.some((other) => sameRule(other, rule))) return false;
    this.#rules.push({ ...rule });
    this.#changed();
    return true;
  }

  removeRule(rule: DnatRule): boolean {
    const at = this.#rules.findIndex((other) => sameRule(other, rule));
    if (at < 0) return false;
    this.#rules.splice(at, 1);
    this.#changed();
    return true;
  }

  #changed(): void {
    const p = this.#policy;
    this.idle = this.#rules.length + p.isolated.length + p.internal.length + p.masquerade.length === 0;
  }

  /** The published port that `packet`, whose destination is an address of this host, is for. */
  published(packet: Packet): DnatRule | undefined {
    if (packet.proto !== TCP && packet.proto !== UDP) return undefined;
    const proto = packet.proto === TCP ? 'tcp' : 'udp';
    return this.#rules.find(
      (rule) =>
        rule.proto === proto &&
        rule.hostPort === packet.dport &&
        (rule.hostAddr === '' || rule.hostAddr === packet.dst),
    );
  }

  /** Whether what comes in by `dev` skips the published ports: Docker's bridges do, their traffic takes the proxy's way. */
  skipsPublished(dev: string): boolean {
    return this.#policy.isolated.includes(dev) || this.#rules.some((rule) => rule.bridge === dev);
  }

  /** The FORWARD chain. */
  mayForward(from: string, to: string, flow: Flow | undefined): boolean {
    if (flow && (flow.replied || flow.published)) return true;
    const { isolated, internal, noIcc } = this.#policy;
    if (from === to) return !noIcc!.includes(from);
    if (internal.includes(from) || internal.includes(to)) return false;
    return !isolated.includes(to);
  }

  mayBridge(bridge: string): boolean {
    return !this.#policy.noIcc!.includes(bridge);
  }

  /** Whether what came in by `from` and goes out by `to` takes this host's address. */
  masquerades(from: string, to: string): boolean {
    return from !== to && this.#policy.masquerade.includes(from);
  }
}

const sameRule = (a: DnatRule, b: DnatRule): boolean =>
  a.proto === b.proto &&
  a.hostAddr === b.hostAddr &&
  a.hostPort === b.hostPort &&
  a.toAddr === b.toAddr &&
  a.toPort === b.toPort &&
  a.bridge === b.bridge;
