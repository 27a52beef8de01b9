/** A set of signal numbers 1..64 (sigset_t). */
export class SignalSet {
  /** Signals 1..32 and 33..64 as bits. */
  lo = 0;
  hi = 0;

  static of(signals: Iterable<number>): SignalSet {
    const set = new SignalSet();
    for (const signal of signals) set.add(signal);
    return set;
  }

  copy(): SignalSet {
    const set = new SignalSet();
    set.lo = this.lo;
    set.hi = this.hi;
    return set;
  }

  get empty(): boolean {
    return (this.lo | this.hi) === 0;
  }

  has(signal: number): boolean {
    return signal <= 32 ? (this.lo & (1 << (signal - 1))) !== 0 : (this.hi & (1 << (signal - 33))) !== 0;
  }

  add(signal: number): void {
    if (signal <= 32) this.lo |= 1 << (signal - 1);
    else this.hi |= 1 << (signal - 33);
  }

  delete(signal: number): void {
    if (signal <= 32) this.lo &= ~(1 << (signal - 1));
    else this.hi &= ~(1 << (signal - 33));
  }

  /** The lowest signal that `blocked` does not hold back; 0: none. */
  firstOutside(blocked: SignalSet): number {
    const lo = this.lo & ~blocked.lo;
    if (lo !== 0) return 32 - Math.clz32(lo & -lo);
    const hi = this.hi & ~blocked.hi;
    return hi === 0 ? 0 : 64 - Math.clz32(hi & -hi);
  }

  values(): number[] {
    const out: number[] = [];
    for (let signal = 1; signal <= 64; signal++) if (this.has(signal)) out.push(signal);
    return out;
  }

  /** As /proc/PID/status shows it: 16 hexadecimal digits. */
  toHex(): string {
    return (this.hi >>> 0).toString(16).padStart(8, '0') + (this.lo >>> 0).toString(16).padStart(8, '0');
  }
}
