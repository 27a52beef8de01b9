import { JqError, type Json, shown, toText } from './values.ts';

function refuse(a: Json, b: Json, words: string): never {
  throw new JqError(`${shown(a)} and ${shown(b)} cannot be ${words}`);
}

export function addValues(a: Json, b: Json): Json {
  if (a === null) return b;
  if (b === null) return a;
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (typeof a === 'string' && typeof b === 'string') return a + b;
  if (Array.isArray(a) && Array.isArray(b)) return [...a, ...b];
  if (a instanceof Map && b instanceof Map) return new Map([...a, ...b]);
  return refuse(a, b, 'added');
}

export function subtractValues(a: Json, b: Json): Json {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (Array.isArray(a) && Array.isArray(b)) {
    const gone = new Set(b.map((item) => toText(item)));
    return a.filter((item) => !gone.has(toText(item)));
  }
  return refuse(a, b, 'subtracted');
}

export function multiplyValues(a: Json, b: Json): Json {
  if (typeof a === 'number' && typeof b === 'number') return a * b;
  if (typeof a === 'string' && typeof b === 'number') return b > 0 ? a.repeat(Math.max(1, Math.floor(b))) : null;
  if (typeof a === 'number' && typeof b === 'string') return multiplyValues(b, a);
  if (a instanceof Map && b instanceof Map) {
    const out = new Map(a);
    for (const [key, value] of b) {
      const old = out.get(key);
      out.set(key, old instanceof Map && value instanceof Map ? multiplyValues(old, value) : value);
    }
    return out;
  }
  return refuse(a, b, 'multiplied');
}

export function divideValues(a: Json, b: Json): Json {
  if (typeof a === 'number' && typeof b === 'number')
    return b === 0 ? refuse(a, b, 'divided because the divisor is zero') : a / b;
  if (typeof a === 'string' && typeof b === 'string') return a === '' ? [] : b === '' ? [...a] : a.split(b);
  return refuse(a, b, 'divided');
}

export function remainderValues(a: Json, b: Json): Json {
  if (typeof a !== 'number' || typeof b !== 'number') return refuse(a, b, 'divided');
  const [x, y] = [Math.trunc(a), Math.trunc(b)];
  return y === 0 ? refuse(a, b, 'divided because the divisor is zero') : x % Math.abs(y);
}
