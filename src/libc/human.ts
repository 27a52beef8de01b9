const LETTERS = 'KMGTPEZY';

/** Sizes as `ls -h` and `df -h` print them: powers of 1024 (or 1000), rounded up, one digit below ten. */
export function humanSize(bytes: number, base: 1000 | 1024 = 1024): string {
  if (bytes < base) return String(bytes);
  let value = bytes;
  let power = -1;
  while (value >= base && power < LETTERS.length - 1) {
    value /= base;
    power++;
  }
  let text = value < 10 ? (Math.ceil(value * 10 - 1e-9) / 10).toFixed(1) : String(Math.ceil(value - 1e-9));
  if (Number(text) >= 10 && value < 10) text = '10';
  if (Number(text) >= base) {
    text = '1.0';
    power++;
  }
  return text + (base === 1000 && power === 0 ? 'k' : LETTERS[power]!);
}

/** busybox's make_human_readable_str: one digit after the point, always, rounded to nearest. */
export function busyboxHuman(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let value = bytes;
  let power = -1;
  while (value >= 1024 && power < LETTERS.length - 1) {
    value /= 1024;
    power++;
  }
  return `${value.toFixed(1)}${LETTERS[power]}`;
}

const SUFFIX: Readonly<Record<string, number>> = {
  '': 1,
  b: 512,
  c: 1,
  w: 2,
  k: 1024,
  K: 1024,
  m: 1048576,
  M: 1048576,
  g: 2 ** 30,
  G: 2 ** 30,
  t: 2 ** 40,
  T: 2 ** 40,
  P: 2 ** 50,
  E: 2 ** 60,
  Z: 2 ** 70,
  Y: 2 ** 80,
  kB: 1000,
  KB: 1000,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  PB: 1e15,
  EB: 1e18,
  ZB: 1e21,
  YB: 1e24,
  KiB: 1024,
  MiB: 1048576,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
  PiB: 2 ** 50,
  EiB: 2 ** 60,
  ZiB: 2 ** 70,
  YiB: 2 ** 80,
};

/** A number with a multiplier (`10K`, `1MB`, `512b`). @returns undefined where it is none */
export function parseSize(text: string): number | undefined {
  const m = /^(\d+)([a-zA-Z]*)$/.exec(text);
  if (!m) return undefined;
  const factor = SUFFIX[m[2]!];
  return factor === undefined ? undefined : Number(m[1]) * factor;
}

/** The SIZE of --block-size: `K`, `1M`, `KB`, `1024`. @returns undefined where it is none */
export function blockSize(text: string): number | undefined {
  const size = parseSize(/^\d/.test(text) ? text : `1${text}`);
  return size === undefined || size === 0 ? undefined : size;
}
