/** Rank of a character: `~` before the end, the end before letters, letters before all else. @see deb-version(7) */
function rank(char: string | undefined): number {
  if (char === '~') return -1;
  if (char === undefined || (char >= '0' && char <= '9')) return 0;
  return /[A-Za-z]/.test(char) ? char.charCodeAt(0) : char.charCodeAt(0) + 256;
}

function compareParts(a: string, b: string): number {
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !/\d/.test(a[i]!)) || (j < b.length && !/\d/.test(b[j]!))) {
      const difference = rank(a[i]) - rank(b[j]);
      if (difference !== 0) return Math.sign(difference);
      i++;
      j++;
    }
    const left = /^\d*/.exec(a.slice(i))![0];
    const right = /^\d*/.exec(b.slice(j))![0];
    const [x, y] = [left.replace(/^0+/, ''), right.replace(/^0+/, '')];
    if (x.length !== y.length) return x.length < y.length ? -1 : 1;
    if (x !== y) return x < y ? -1 : 1;
    i += left.length;
    j += right.length;
  }
  return 0;
}

function split(version: string): [epoch: number, upstream: string, revision: string] {
  const colon = version.indexOf(':');
  const rest = version.slice(colon + 1);
  const dash = rest.lastIndexOf('-');
  return [
    colon < 0 ? 0 : Number(version.slice(0, colon)),
    dash < 0 ? rest : rest.slice(0, dash),
    dash < 0 ? '' : rest.slice(dash + 1),
  ];
}

/** Orders versions of Debian packages. @returns -1, 0 or 1 @see deb-version(7), "Sorting algorithm" */
export function compareDebianVersions(a: string, b: string): number {
  const [x, y] = [split(a), split(b)];
  if (x[0] !== y[0]) return x[0] < y[0] ? -1 : 1;
  return compareParts(x[1], y[1]) || compareParts(x[2], y[2]);
}
