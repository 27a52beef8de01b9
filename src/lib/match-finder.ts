/** Finds the longest earlier occurrence of what follows, by chains of places with the same hash of three bytes. */
export class MatchFinder {
  readonly window: Uint8Array;
  /** Bytes in the window. */
  end = 0;
  /** The next byte that is to be encoded. */
  at = 0;
  /** What `find` found. */
  distance = 0;
  private readonly heads: Int32Array;
  private readonly chain: Int32Array;
  private hashed = 0;

  /**
   * @param reach how far back a match may be
   * @param depth how many places are looked at
   * @param nice a match of this length is good enough
   */
  constructor(
    readonly reach: number,
    private readonly depth: number,
    private readonly nice: number,
    private readonly longest: number,
  ) {
    this.window = new Uint8Array(reach * 2);
    this.heads = new Int32Array(1 << 16).fill(-1);
    this.chain = new Int32Array(reach * 2);
  }

  /** Takes as many bytes as there is room for. @returns how many */
  fill(bytes: Uint8Array): number {
    if (this.end === this.window.length) this.slide();
    const n = Math.min(bytes.length, this.window.length - this.end);
    this.window.set(bytes.subarray(0, n), this.end);
    this.end += n;
    return n;
  }

  private slide(): void {
    const gone = Math.max(0, this.at - this.reach);
    if (gone === 0) return;
    this.window.copyWithin(0, gone, this.end);
    this.chain.copyWithin(0, gone, this.end);
    for (let i = 0; i < this.heads.length; i++) this.heads[i]! -= gone;
    for (let i = 0; i < this.end - gone; i++) this.chain[i]! -= gone;
    this.at -= gone;
    this.end -= gone;
    this.hashed -= gone;
  }

  private insert(to: number): void {
    const { window, heads, chain } = this;
    const last = Math.min(to, this.end - 2);
    for (; this.hashed < last; this.hashed++) {
      const i = this.hashed;
      const hash = ((window[i]! | (window[i + 1]! << 8) | (window[i + 2]! << 16)) * 0x9e3779b1) >>> 16;
      chain[i] = heads[hash]!;
      heads[hash] = i;
    }
  }

  /** How many bytes at `at` are those `distance` + 1 before. */
  lengthAt(distance: number, from: number = this.at): number {
    const { window } = this;
    const other = from - distance - 1;
    if (other < 0) return 0;
    const most = Math.min(this.longest, this.end - from);
    let n = 0;
    while (n < most && window[other + n] === window[from + n]) n++;
    return n;
  }

  /** The longest match of at least three bytes for `from`; its distance is in `distance`. @returns its length, or 0 */
  find(from: number = this.at): number {
    if (this.end - from < 3) return 0;
    this.insert(from + 1);
    const { window, chain } = this;
    const oldest = from - this.reach;
    const most = Math.min(this.longest, this.end - from);
    let best = 2;
    let place = chain[from]!;
    for (let tries = this.depth; tries > 0 && place >= 0 && place >= oldest; tries--, place = chain[place]!) {
      if (window[place + best] !== window[from + best]) continue;
      let n = 0;
      while (n < most && window[place + n] === window[from + n]) n++;
      if (n <= best) continue;
      best = n;
      this.distance = from - place - 1;
      if (n >= this.nice || n === most) break;
    }
    return best > 2 ? best : 0;
  }
}
