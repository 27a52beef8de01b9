export interface DdCounts {
  inFull: number;
  inPart: number;
  outFull: number;
  outPart: number;
  truncated: number;
  bytes: number;
}

/** dd's report on stderr. `noxfer`: without the line about the rate. */
export function statistics(counts: DdCounts, seconds: number, noxfer: boolean, form: 'gnu' | 'busybox'): string {
  let text = `${counts.inFull}+${counts.inPart} records in\n${counts.outFull}+${counts.outPart} records out\n`;
  if (counts.truncated > 0) text += `${counts.truncated} truncated record${counts.truncated === 1 ? '' : 's'}\n`;
  if (noxfer) return text;
  return text + (form === 'gnu' ? gnuRate(counts.bytes, seconds) : busyboxRate(counts.bytes, seconds));
}

function gnuRate(bytes: number, seconds: number): string {
  const elapsed = Math.max(seconds, 1e-6);
  const si = gnuHuman(bytes, 1000);
  const iec = gnuHuman(bytes, 1024);
  const named = bytes < 1000 ? '' : ` (${si}B${bytes < 1024 ? '' : `, ${iec}iB`})`;
  return `${bytes} byte${bytes === 1 ? '' : 's'}${named} copied, ${general(elapsed)} s, ${gnuRateText(bytes / elapsed)}B/s\n`;
}

const gnuRateText = (rate: number): string => (rate < 1000 ? `${(rate / 1000).toFixed(1)} k` : gnuHuman(rate, 1000));

/** C's `%g`. */
function general(value: number): string {
  const text = value.toPrecision(6);
  if (value !== 0 && (value < 1e-4 || value >= 1e6)) {
    const [mantissa, exponent] = value.toExponential(5).split('e') as [string, string];
    const sign = exponent[0] === '-' ? '-' : '+';
    return `${mantissa.replace(/\.?0+$/, '')}e${sign}${exponent.replace(/^[-+]/, '').padStart(2, '0')}`;
  }
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

/** One digit after the point below ten, rounded to nearest, a blank before the unit. */
function gnuHuman(value: number, base: 1000 | 1024): string {
  const units = base === 1000 ? ['', 'k', 'M', 'G', 'T', 'P', 'E'] : ['', 'K', 'M', 'G', 'T', 'P', 'E'];
  let n = value;
  let power = 0;
  while (n >= base && power < units.length - 1) {
    n /= base;
    power++;
  }
  let text = power > 0 && n < 9.95 ? n.toFixed(1) : String(Math.round(n));
  if (Number(text) >= base) {
    text = '1.0';
    power++;
  }
  return `${text} ${units[power]}`;
}

function busyboxRate(bytes: number, seconds: number): string {
  const rate = Math.floor(bytes / Math.max(seconds, 1e-6));
  return `${bytes} bytes (${busyboxSize(bytes)}) copied, ${seconds.toFixed(6)} seconds, ${busyboxSize(rate)}/s\n`;
}

/** busybox's make_human_readable_str in dd: `1.0MB`, `100B`. */
function busyboxSize(bytes: number): string {
  const units = ['', 'K', 'M', 'G', 'T', 'P', 'E'];
  let n = bytes;
  let power = 0;
  while (n >= 1024 && power < units.length - 1) {
    n /= 1024;
    power++;
  }
  return `${power === 0 ? n : n.toFixed(1)}${units[power]}B`;
}
