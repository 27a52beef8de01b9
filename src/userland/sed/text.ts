import type { Piece } from './script.ts';

/** The text of a, i, c: a backslash makes a newline part of it, GNU's escapes are characters, any other backslash is dropped. */
export function plainText(raw: string, busybox: boolean): string {
  return escapes(raw, false, busybox).replace(/\\(n|.|\n|$)/gs, (_, c: string) => (c === 'n' ? '\n' : c || '\\'));
}

/** GNU's escapes for characters; in a regular expression what they give stands for itself. */
export function escapes(text: string, regex: boolean, busybox = false): string {
  if (busybox)
    return text.replace(/\\(?:\\|([rt]))/g, (all, named: string | undefined) =>
      named === undefined ? all : named === 't' ? '\t' : '\r',
    );
  const literal = (code: number): string => {
    const c = String.fromCharCode(code);
    return regex && /[\\^$.[\]*+?(){}|/]/.test(c) ? `\\${c}` : c;
  };
  return text.replace(
    /\\(?:\\|([afnrtv])|d(\d{3})|o([0-7]{3})|x([0-9a-fA-F]{2})|c(.))/g,
    (all, named, d, o, x, control) => {
      if (named === 'n' && !regex) return all;
      if (named) return { a: '\x07', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }[named as 'a']!;
      if (d) return literal(Number(d));
      if (o) return literal(Number.parseInt(o, 8));
      if (x) return literal(Number.parseInt(x, 16));
      if (control) return literal(control.toUpperCase().charCodeAt(0) ^ 64);
      return all;
    },
  );
}

/** Reads the right-hand side of `s`. */
export function replacement(text: string, busybox: boolean): Piece[] {
  const pieces: Piece[] = [];
  let plain = '';
  const flush = (): void => {
    if (plain !== '') pieces.push({ kind: 'text', text: plain });
    plain = '';
  };
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!;
    if (c === '&') {
      flush();
      pieces.push({ kind: 'group', group: 0 });
      continue;
    }
    if (c !== '\\') {
      plain += c;
      continue;
    }
    const d = text[++i] ?? '\\';
    if (/\d/.test(d)) {
      flush();
      pieces.push({ kind: 'group', group: Number(d) });
    } else if (!busybox && /[ULEul]/.test(d)) {
      flush();
      pieces.push({ kind: 'case', how: d as 'U' });
    } else {
      const special = !busybox && /^\\(?:d\d{3}|o[0-7]{3}|x[0-9a-fA-F]{2}|c.)/.exec(text.slice(i - 1, i + 4));
      const named = busybox
        ? { n: '\n', t: '\t', r: '\r' }[d]
        : { n: '\n', t: '\t', r: '\r', f: '\f', v: '\v', a: '\x07' }[d];
      if (named !== undefined) plain += named;
      else if (special) {
        plain += escapes(special[0], false);
        i += special[0].length - 2;
      } else plain += d;
    }
  }
  flush();
  return pieces;
}
