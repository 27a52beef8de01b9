/** RSA with BigInt: keys, signatures (PKCS#1 v1.5). For simulated machines, not for secrets. @see RFC 8017 */
export interface RsaKey {
  n: bigint;
  e: bigint;
  d: bigint;
  p: bigint;
  q: bigint;
}

export interface RsaPublic {
  n: bigint;
  e: bigint;
}

type Tick = () => boolean;

export function* modPow(base: bigint, exponent: bigint, modulus: bigint, tick: Tick): Generator<void, bigint, void> {
  let result = 1n;
  let b = base % modulus;
  for (const bit of exponent.toString(2).split('').reverse()) {
    if (bit === '1') result = (result * b) % modulus;
    b = (b * b) % modulus;
    // A step costs far more than one of a loop.
    for (let i = 0; i < 50; i++) if (tick()) yield;
  }
  return result;
}

/** The inverse of `a` modulo `m`. */
export function inverse(a: bigint, m: bigint): bigint {
  let [r0, r1, s0, s1] = [a % m, m, 1n, 0n];
  while (r1 !== 0n) {
    const q = r0 / r1;
    [r0, r1] = [r1, r0 - q * r1];
    [s0, s1] = [s1, s0 - q * s1];
  }
  return ((s0 % m) + m) % m;
}

const SMALL_PRIMES = ((): bigint[] => {
  const out: bigint[] = [];
  for (let n = 3; out.length < 300; n += 2) if (out.every((p) => BigInt(n) % p !== 0n)) out.push(BigInt(n));
  return out;
})();

function* isPrime(n: bigint, tick: Tick): Generator<void, boolean, void> {
  for (const p of SMALL_PRIMES) if (n % p === 0n) return n === p;
  let d = n - 1n;
  let r = 0;
  while (d % 2n === 0n) {
    d /= 2n;
    r++;
  }
  // For numbers chosen at random few witnesses are enough (FIPS 186-5, table B.1).
  for (const witness of [2n, 3n, 5n, 7n]) {
    let x = yield* modPow(witness, d, n, tick);
    if (x === 1n || x === n - 1n) continue;
    let composite = true;
    for (let i = 1; i < r && composite; i++) {
      x = (x * x) % n;
      if (x === n - 1n) composite = false;
    }
    if (composite) return false;
  }
  return true;
}

/** Makes a key of `bits`. @param random fills bytes */
export function* generateRsa(
  bits: number,
  random: (bytes: Uint8Array) => void,
  tick: Tick,
): Generator<void, RsaKey, void> {
  const e = 65537n;
  const prime = function* (length: number): Generator<void, bigint, void> {
    for (;;) {
      const bytes = new Uint8Array(length / 8);
      random(bytes);
      bytes[0]! |= 0xc0;
      bytes[bytes.length - 1]! |= 1;
      const start = BigInt(`0x${[...bytes].map((b) => b.toString(16).padStart(2, '0')).join('')}`);
      for (let n = start; n < start + 4000n; n += 2n) if ((n - 1n) % e !== 0n && (yield* isPrime(n, tick))) return n;
    }
  };
  for (;;) {
    let p = yield* prime(bits / 2);
    let q = yield* prime(bits / 2);
    if (p === q) continue;
    if (p < q) [p, q] = [q, p];
    return { n: p * q, e, d: inverse(e, (p - 1n) * (q - 1n)), p, q };
  }
}

/** The private operation, by the two primes. */
export function* rsaPrivate(key: RsaKey, m: bigint, tick: Tick): Generator<void, bigint, void> {
  const a = yield* modPow(m % key.p, key.d % (key.p - 1n), key.p, tick);
  const b = yield* modPow(m % key.q, key.d % (key.q - 1n), key.q, tick);
  const h = ((((a - b) % key.p) + key.p) * inverse(key.q, key.p)) % key.p;
  return b + h * key.q;
}

/** Block of PKCS#1 v1.5 for signatures. @param info DigestInfo */
export function signaturePad(info: Uint8Array, length: number): Uint8Array {
  const out = new Uint8Array(length).fill(0xff);
  out[0] = 0;
  out[1] = 1;
  out[length - info.length - 1] = 0;
  out.set(info, length - info.length);
  return out;
}
