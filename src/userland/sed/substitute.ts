import type { Regex } from '../../lib/regex/regex.ts';
import type { Substitution } from './script.ts';

/** What `s` makes of `text`. @returns undefined where nothing was replaced */
export function replaced(text: string, regex: Regex, sub: Substitution): string | undefined {
  let out = '';
  let done = 0;
  let at = 0;
  let count = 0;
  let changed = false;
  let lastEnd = -1;
  while (at <= text.length) {
    const m = regex.exec(text, at);
    if (!m) break;
    const [start, end] = [m[0]!, m[1]!];
    // an empty match right after another match is none
    if (start === end && start === lastEnd) {
      at = start + 1;
      continue;
    }
    count++;
    if (count >= sub.number) {
      out += text.slice(done, start) + fill(text, m, sub);
      done = end;
      changed = true;
      if (!sub.global) break;
    }
    lastEnd = end;
    at = end > start ? end : end + 1;
  }
  return changed ? out + text.slice(done) : undefined;
}

function fill(text: string, m: readonly number[], sub: Substitution): string {
  let out = '';
  let mode: 'U' | 'L' | 'E' = 'E';
  let once: 'u' | 'l' | undefined;
  const add = (piece: string): void => {
    if (piece === '') return;
    let s = mode === 'U' ? piece.toUpperCase() : mode === 'L' ? piece.toLowerCase() : piece;
    if (once) {
      const first = String.fromCodePoint(s.codePointAt(0)!);
      s = (once === 'u' ? first.toUpperCase() : first.toLowerCase()) + s.slice(first.length);
      once = undefined;
    }
    out += s;
  };
  for (const piece of sub.pieces) {
    if (piece.kind === 'text') add(piece.text);
    else if (piece.kind === 'group') {
      const start = m[piece.group * 2] ?? -1;
      if (start >= 0) add(text.slice(start, m[piece.group * 2 + 1]!));
    } else if (piece.how === 'u' || piece.how === 'l') once = piece.how;
    else mode = piece.how;
  }
  return out;
}
