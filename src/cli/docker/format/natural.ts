/** Order in which numbers within names count as numbers: `web2` before `web10`. */
export function naturalOrder(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const x = digits(a, i);
    const y = digits(b, j);
    if (x > 0 && y > 0) {
      const left = a.slice(i, i + x).replace(/^0+(?=\d)/, '');
      const right = b.slice(j, j + y).replace(/^0+(?=\d)/, '');
      if (left.length !== right.length) return left.length - right.length;
      if (left !== right) return left < right ? -1 : 1;
      i += x;
      j += y;
    } else {
      if (a[i] !== b[j]) return a[i]! < b[j]! ? -1 : 1;
      i++;
      j++;
    }
  }
  return a.length - i - (b.length - j);
}

function digits(text: string, at: number): number {
  let end = at;
  while (end < text.length && text[end]! >= '0' && text[end]! <= '9') end++;
  return end - at;
}
