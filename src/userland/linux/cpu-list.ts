/** `0-2,5` or, with a stride, `0-6:2`. @returns undefined where it is none */
export function parseCpuList(text: string): number[] | undefined {
  const out = new Set<number>();
  for (const part of text.split(',')) {
    const m = /^(\d+)(?:-(\d+)(?::(\d+))?)?$/.exec(part);
    if (!m) return undefined;
    const [first, last, stride] = [Number(m[1]), Number(m[2] ?? m[1]), Number(m[3] ?? 1)];
    if (last < first || stride === 0 || last > 8191) return undefined;
    for (let cpu = first; cpu <= last; cpu += stride) out.add(cpu);
  }
  return [...out].sort((a, b) => a - b);
}

/** A mask in hexadecimal, `0x` or not, with commas between its words. */
export function parseCpuMask(text: string): number[] | undefined {
  const digits = text.replace(/^0x/i, '').replaceAll(',', '');
  if (!/^[0-9a-f]+$/i.test(digits) || digits.length > 2048) return undefined;
  const out: number[] = [];
  for (let i = 0; i < digits.length; i++) {
    const value = Number.parseInt(digits[digits.length - 1 - i]!, 16);
    for (let bit = 0; bit < 4; bit++) if (value & (1 << bit)) out.push(i * 4 + bit);
  }
  return out;
}

export const cpuMask = (cpus: readonly number[]): string =>
  cpus.reduce((mask, cpu) => mask | (1n << BigInt(cpu)), 0n).toString(16);

/** As util-linux writes a list: ranges of three and more. */
export function cpuList(cpus: readonly number[]): string {
  const out: string[] = [];
  for (let i = 0; i < cpus.length; ) {
    let j = i;
    while (j + 1 < cpus.length && cpus[j + 1] === cpus[j]! + 1) j++;
    if (j - i >= 2) out.push(`${cpus[i]}-${cpus[j]}`);
    else out.push(...cpus.slice(i, j + 1).map(String));
    i = j + 1;
  }
  return out.join(',');
}
