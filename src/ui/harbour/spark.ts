/** Line through values, oldest first, in a box of `width` × `height`; 2 px stay free above. The greatest value is the top. */
export function sparkLine(values: readonly number[], width: number, height: number, floor = 0.5): string {
  if (values.length === 0) return '';
  const top = Math.max(floor, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const y = (value: number) => round(height - 1.5 - (Math.max(0, value) / top) * (height - 3.5));
  const points = values.map((value, at) => `${round(at * step)} ${y(value)}`);
  return points.length === 1 ? `M0 ${y(values[0]!)}L${width} ${y(values[0]!)}` : `M${points.join('L')}`;
}

const round = (n: number) => Math.round(n * 10) / 10;
