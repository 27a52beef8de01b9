import type { PackValue } from '../../../../abi/pack.ts';
import { decimalText, doubleText, floatText } from '../../../../lib/mysql-number.ts';
import { encode } from '../../../../lib/utf8.ts';
import { isInteger, isReal, type SqlType } from '../types.ts';

/** A value of SQLite as MySQL writes a value of that type. @returns undefined: NULL */
export function valueText(value: PackValue, type: SqlType): string | Uint8Array | undefined {
  if (value === null || value === undefined) return undefined;
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'object') return numberText((value as { real: number }).real, type);
  if (typeof value === 'number') return numberText(value, type);
  if (typeof value === 'bigint') return String(value < 0n && type.unsigned ? value + (1n << 64n) : value);
  if (type.base === 'decimal' && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
    return decimalText(Number(value), type.scale ?? 0);
  return String(value);
}

function numberText(n: number, type: SqlType): string | Uint8Array {
  if (type.base === 'decimal') return decimalText(n, type.scale ?? 0);
  if (type.base === 'float') return type.scale === undefined ? floatText(n) : n.toFixed(type.scale);
  if (isReal(type)) return type.scale === undefined ? doubleText(n) : n.toFixed(type.scale);
  if (type.base === 'year') return n === 0 ? '0000' : String(n);
  if (type.base === 'bit') return bitBytes(n, type.length ?? 1);
  if (isInteger(type)) {
    const text =
      n < 0 && type.unsigned
        ? String(BigInt.asUintN(64, BigInt(n)))
        : Number.isInteger(n) && Math.abs(n) < 1e21
          ? BigInt(n).toString()
          : doubleText(n);
    return type.zerofill ? text.padStart(type.length ?? 10, '0') : text;
  }
  return doubleText(n);
}

function bitBytes(n: number, bits: number): Uint8Array {
  const out = new Uint8Array(Math.ceil(bits / 8));
  for (let i = out.length - 1, rest = n; i >= 0; i--, rest = Math.floor(rest / 256)) out[i] = rest & 255;
  return out;
}

export const toBytes = (value: string | Uint8Array): Uint8Array => (typeof value === 'string' ? encode(value) : value);
