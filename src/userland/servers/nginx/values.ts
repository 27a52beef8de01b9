/** Bytes of `10m`, `512k`, `1g`, `100`. @returns undefined where it is no size */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)([kKmMgG]?)$/.exec(text);
  if (!match) return undefined;
  const unit = { '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[match[2]!.toLowerCase()]!;
  return Number(match[1]) * unit;
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};

/** Milliseconds of `75s`, `1h30m`, `60`, `500ms`. @returns undefined where it is no time */
export function parseTime(text: string): number | undefined {
  if (!/^(\d+(ms|[smhdwMy])?\s*)+$/.test(text)) return undefined;
  let total = 0;
  for (const [, n, unit] of text.matchAll(/(\d+)(ms|[smhdwMy])?/g)) total += Number(n) * UNITS[unit ?? 's']!;
  return total;
}
