import { CLOCK_MONOTONIC } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';

/** Three digits and a unit, `136K`, `1.94M`. */
export function rateDigits(bytesPerSecond: number): [string, number] {
  let rate = bytesPerSecond;
  let unit = 0;
  while (rate >= 1024 && unit < 3) {
    rate /= 1024;
    unit++;
  }
  return [rate >= 99.95 ? rate.toFixed(0) : rate >= 9.995 ? rate.toFixed(1) : rate.toFixed(2), unit];
}

const short = (rate: number): string => {
  const [digits, unit] = rateDigits(rate);
  return digits + ['B', 'K', 'M', 'G'][unit]!;
};

/** `136 KB/s` */
export const longRate = (rate: number): string => {
  const [digits, unit] = rateDigits(rate);
  return `${digits} ${['B/s', 'KB/s', 'MB/s', 'GB/s'][unit]}`;
};

function seconds(s: number): string {
  if (s >= 3600) return `${Math.floor(s / 3600)}h${Math.floor((s % 3600) / 60)}m`;
  if (s >= 60) return `${Math.floor(s / 60)}m${Math.floor(s % 60)}s`;
  if (s >= 10) return `${Math.round(s)}s`;
  return s < 0.01 ? '0s' : `${Number(s.toPrecision(2))}s`;
}

/** What is shown while a file comes. */
export interface Progress {
  /** @returns the text to print for the bytes so far */
  update(bytes: number): string;
  finish(bytes: number): string;
}

/** GNU wget's dots: one for each KiB, fifty a row. */
export class Dots implements Progress {
  private shown = 0;
  private rowStart: number;
  private readonly begin: number;

  constructor(
    private readonly sys: Sys,
    private readonly total: number | undefined,
  ) {
    this.begin = sys.now(CLOCK_MONOTONIC);
    this.rowStart = this.begin;
  }

  update(bytes: number): string {
    let out = '';
    for (const dots = Math.floor(bytes / 1024); this.shown < dots; this.shown++) {
      const at = this.shown % 50;
      if (at === 0) out += `\n${String((this.shown / 50) * 50).padStart(6)}K`;
      out += at % 10 === 0 ? ' .' : '.';
      if (at === 49) out += this.row((this.shown + 1) * 1024, 51200);
    }
    return out;
  }

  private row(bytes: number, inRow: number): string {
    const now = this.sys.now(CLOCK_MONOTONIC);
    const rate = (inRow / Math.max(0.001, now - this.rowStart)) * 1000;
    this.rowStart = now;
    const share =
      this.total === undefined ? '' : `${String(Math.floor((bytes * 100) / Math.max(1, this.total))).padStart(3)}%`;
    const left = this.total === undefined ? '' : seconds((this.total - bytes) / rate);
    return `${share} ${short(rate).padStart(5)} ${left}`;
  }

  finish(bytes: number): string {
    let out = this.update(bytes);
    if (this.shown % 50 === 0) out += `\n${String(this.shown).padStart(6)}K`;
    for (let at = this.shown % 50; at < 50; at++) out += at % 10 === 0 ? '  ' : ' ';
    const now = this.sys.now(CLOCK_MONOTONIC);
    const rate = ((bytes % 51200) / Math.max(0.001, now - this.rowStart)) * 1000;
    const share = this.total === undefined ? '    ' : '100%';
    return `${out}${share} ${short(rate).padStart(5)}=${seconds((now - this.begin) / 1000)}\n`;
  }
}

/** GNU wget's bar on a terminal. */
export class Bar implements Progress {
  private last = Number.NEGATIVE_INFINITY;
  private readonly begin: number;

  constructor(
    private readonly sys: Sys,
    private readonly name: string,
    private readonly total: number | undefined,
    private readonly width: number,
  ) {
    this.begin = sys.now(CLOCK_MONOTONIC);
  }

  update(bytes: number): string {
    const now = this.sys.now(CLOCK_MONOTONIC);
    if (now - this.last < 200) return '';
    this.last = now;
    return `\r${this.line(bytes, now, false)}`;
  }

  finish(bytes: number): string {
    return `\r${this.line(bytes, this.sys.now(CLOCK_MONOTONIC), true)}\n`;
  }

  private line(bytes: number, now: number, done: boolean): string {
    const name = this.name.length > 19 ? `${this.name.slice(0, 18)}…` : this.name;
    const share = this.total === undefined ? 1 : this.total === 0 ? 1 : bytes / this.total;
    const percent = this.total === undefined ? '    ' : `${String(Math.floor(share * 100)).padStart(3)}%`;
    const room = Math.max(1, this.width - 61);
    const filled = Math.floor(room * Math.min(1, share));
    const bar =
      this.total === undefined
        ? '<=>'.padEnd(room)
        : `${'='.repeat(Math.max(0, filled - 1))}${filled > 0 ? '>' : ''}`.padEnd(room);
    const size = bytes < 1024 ? String(bytes) : sizeText(bytes);
    const elapsed = (now - this.begin) / 1000;
    const rate =
      elapsed < 0.05
        ? '--.-KB/s'
        : `${rateDigits(bytes / elapsed)[0]}${['B/s', 'KB/s', 'MB/s', 'GB/s'][rateDigits(bytes / elapsed)[1]]}`;
    const tail = done ? `    in ${seconds(elapsed)}` : '';
    return `${name.padEnd(19)}${percent}[${bar}]${size.padStart(8)}  ${rate.padStart(8)}${tail}`.padEnd(this.width - 1);
  }
}

const sizeText = (bytes: number): string => {
  const [digits, unit] = rateDigits(bytes);
  return digits + ['', 'K', 'M', 'G'][unit]!;
};

/** busybox's bar of stars. */
export class Stars implements Progress {
  private last: number;
  private readonly begin: number;

  constructor(
    private readonly sys: Sys,
    private readonly name: string,
    private readonly total: number | undefined,
    private readonly width: number,
  ) {
    this.begin = sys.now(CLOCK_MONOTONIC);
    this.last = this.begin;
  }

  update(bytes: number): string {
    const now = this.sys.now(CLOCK_MONOTONIC);
    if (now - this.last < 1000) return '';
    this.last = now;
    return `\r${this.line(bytes, now)}`;
  }

  finish(bytes: number): string {
    return `\r${this.line(bytes, this.sys.now(CLOCK_MONOTONIC))}\n`;
  }

  private line(bytes: number, now: number): string {
    let text = this.name.slice(0, 20).padEnd(20);
    if (this.total !== undefined) {
      const room = Math.max(1, this.width - 48);
      const share = this.total === 0 ? 1 : Math.min(1, bytes / this.total);
      text += `${String(Math.floor(share * 100)).padStart(4)}% |${'*'.repeat(Math.floor(room * share)).padEnd(room)}|`;
    }
    let size = bytes;
    let unit = ' ';
    for (const next of ['k', 'M', 'G']) {
      if (size < 100000) break;
      size = Math.floor(size / 1024);
      unit = next;
    }
    const elapsed = (now - this.begin) / 1000;
    const left = this.total === undefined || bytes === 0 ? elapsed : ((this.total - bytes) * elapsed) / bytes;
    const s = Math.floor(left);
    const clock = `${String(Math.floor(s / 3600)).padStart(3)}:${String(Math.floor(s / 60) % 60).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}`;
    return `${text}${String(size).padStart(6)}${unit === ' ' ? '' : unit}${clock}${this.total === undefined ? '' : ' ETA'}`.replace(
      /(\d)( {0,2})(\d+:\d\d:\d\d)/,
      '$1  $3',
    );
  }
}
