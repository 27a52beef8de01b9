/** A key of the bar; `code` is what it sends in the normal cursor mode. */
export interface BarKey {
  label: string;
  code: string;
  arrow?: 'up' | 'down' | 'left' | 'right';
  repeats?: boolean;
}

export const KEYS: readonly BarKey[] = [
  { label: 'Esc', code: '\x1b' },
  { label: 'Tab', code: '\t' },
  { label: 'Ctrl', code: '' },
  { label: '↑', code: '\x1b[A', arrow: 'up', repeats: true },
  { label: '↓', code: '\x1b[B', arrow: 'down', repeats: true },
  { label: '←', code: '\x1b[D', arrow: 'left', repeats: true },
  { label: '→', code: '\x1b[C', arrow: 'right', repeats: true },
  { label: '|', code: '|' },
  { label: '-', code: '-' },
  { label: '/', code: '/' },
  { label: '~', code: '~' },
];

/** What a character sends with Ctrl held: `c` gives ETX; characters that have no control code stay. */
export function withCtrl(text: string): string {
  if (text.length !== 1) return text;
  const code = text.toUpperCase().charCodeAt(0);
  if (code >= 64 && code < 96) return String.fromCharCode(code - 64);
  return text === ' ' ? '\0' : text === '?' ? '\x7f' : text;
}

/** An arrow as the application cursor mode wants it (DECCKM). */
export const applicationArrow = (code: string): string => code.replace('\x1b[', '\x1bO');
