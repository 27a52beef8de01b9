/** Milliseconds between two samples, as in Linux. */
const INTERVAL = 5000;
const MINUTES = [1, 5, 15] as const;

/** Load averages: how many tasks can run, smoothed over 1, 5 and 15 minutes. They are brought up to date when asked. */
export class LoadAverage {
  readonly #now: () => number;
  readonly #runnable: () => number;
  #values: [number, number, number] = [0, 0, 0];
  #at: number;

  constructor(now: () => number, runnable: () => number) {
    this.#now = now;
    this.#runnable = runnable;
    this.#at = now();
  }

  values(): [number, number, number] {
    const passed = Math.floor((this.#now() - this.#at) / INTERVAL);
    if (passed > 0) {
      this.#at += passed * INTERVAL;
      // whoever asks runs, and does not count
      const active = Math.max(0, this.#runnable() - 1);
      this.#values = MINUTES.map((minutes, i) => {
        const decay = Math.exp((-passed * INTERVAL) / (minutes * 60_000));
        return this.#values[i]! * decay + active * (1 - decay);
      }) as [number, number, number];
    }
    return [...this.#values];
  }
}
