/** What ping(8) sums up. */
export class PingStatistics {
  transmitted = 0;
  received = 0;
  errors = 0;
  #sum = 0;
  #squares = 0;
  #least = Number.POSITIVE_INFINITY;
  #most = 0;

  add(time: number): void {
    this.received++;
    this.#sum += time;
    this.#squares += time * time;
    this.#least = Math.min(this.#least, time);
    this.#most = Math.max(this.#most, time);
  }

  /** `min/avg/max` and, for iputils, the deviation. */
  times(deviation: boolean): string {
    const mean = this.#sum / this.received;
    const mdev = Math.sqrt(Math.max(0, this.#squares / this.received - mean * mean));
    return [this.#least, mean, this.#most, ...(deviation ? [mdev] : [])].map((ms) => ms.toFixed(3)).join('/');
  }

  /** Lost packets in percent. */
  get loss(): number {
    return this.transmitted === 0 ? 0 : (100 * (this.transmitted - this.received)) / this.transmitted;
  }
}
