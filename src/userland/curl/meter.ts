import { CLOCK_MONOTONIC } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import type { Output } from '../../libc/stdio.ts';

const HEAD =
  '  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n                                 Dload  Upload   Total   Spent    Left  Speed\n';

/** The progress meter: on stderr, once a second and at the end. */
export class Meter {
  private began = 0;
  private lastDrawn = 0;
  private started = false;

  constructor(
    private readonly sys: Sys,
    private readonly out: Output,
    readonly shown: boolean,
  ) {}

  *start(): Wait<void> {
    this.began = this.sys.now(CLOCK_MONOTONIC);
    this.lastDrawn = this.began;
    if (!this.shown) return;
    if (!this.started) yield* this.out.write(HEAD);
    this.started = true;
    yield* this.draw(0, undefined, 0, 0);
  }

  *update(down: number, total: number | undefined, up: number): Wait<void> {
    const now = this.sys.now(CLOCK_MONOTONIC);
    if (!this.shown || now - this.lastDrawn < 1000) return;
    this.lastDrawn = now;
    yield* this.draw(down, total, up, now - this.began);
  }

  *end(down: number, total: number | undefined, up: number): Wait<void> {
    if (!this.shown) return;
    yield* this.draw(down, total, up, this.sys.now(CLOCK_MONOTONIC) - this.began);
    yield* this.out.write('\n');
  }

  private *draw(down: number, total: number | undefined, up: number, ms: number): Wait<void> {
    const seconds = ms / 1000;
    const speed = (n: number): number => (n === 0 ? 0 : Math.round(n / Math.max(0.001, seconds)));
    const whole = total ?? (down > 0 ? down : 0);
    const percent = total ? Math.floor((down * 100) / total) : down > 0 && total === undefined ? 100 : 0;
    const upPercent = up > 0 ? 100 : 0;
    const left = total && down > 0 && seconds >= 1 ? ((total - down) * seconds) / down : undefined;
    const clock = (s: number | undefined): string => (s === undefined || s < 1 ? '--:--:--' : clockText(s));
    const allSeconds = total && down > 0 && seconds >= 1 ? (total * seconds) / down : undefined;
    const cells = [
      String(total || up ? Math.max(percent, upPercent) : percent).padStart(3),
      size(whole + up).padStart(5),
      String(total ? percent : 0).padStart(4),
      size(down).padStart(5),
      String(upPercent).padStart(4),
      size(up).padStart(5),
      size(speed(down)).padStart(6),
      size(speed(up)).padStart(6),
      clock(allSeconds),
      clock(seconds),
      clock(left),
      size(speed(down + up)).padStart(5),
    ];
    yield* this.out.write(`\r${cells.join(' ')}`);
  }
}

function clockText(s: number): string {
  const n = Math.floor(s);
  return `${String(Math.floor(n / 3600)).padStart(2)}:${String(Math.floor(n / 60) % 60).padStart(2, '0')}:${String(n % 60).padStart(2, '0')}`;
}

/** At most five characters. */
function size(n: number): string {
  if (n < 100000) return String(Math.floor(n));
  if (n < 10000 * 1024) return `${Math.floor(n / 1024)}k`;
  if (n < 100 * 1048576) return `${(n / 1048576).toFixed(1)}M`;
  if (n < 10000 * 1048576) return `${Math.floor(n / 1048576)}M`;
  return `${(n / 2 ** 30).toFixed(1)}G`;
}
