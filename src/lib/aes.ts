/** AES (FIPS 197) in CBC, ECB and CTR mode with PKCS#7 padding: for data of users, not for secrets. */

const SBOX = new Uint8Array(256);
const INVERSE = new Uint8Array(256);

/** Products in GF(2^8). */
function times(a: number, b: number): number {
  let out = 0;
  for (; b > 0; b >>= 1) {
    if (b & 1) out ^= a;
    a = (a << 1) ^ (a & 0x80 ? 0x11b : 0);
  }
  return out & 0xff;
}

for (let i = 0, p = 1, q = 1; i < 255; i++) {
  p = times(p, 3);
  q = times(q, 0xf6);
  const rotated = q ^ ((q << 1) | (q >> 7)) ^ ((q << 2) | (q >> 6)) ^ ((q << 3) | (q >> 5)) ^ ((q << 4) | (q >> 4));
  SBOX[p] = (rotated ^ 0x63) & 0xff;
}
SBOX[0] = 0x63;
for (let i = 0; i < 256; i++) INVERSE[SBOX[i]!] = i;

const BLOCK = 16;

/** A key that was made ready: 16, 24 or 32 bytes. */
export class Aes {
  readonly #rounds: number;
  readonly #schedule: Uint8Array;

  constructor(key: Uint8Array) {
    const words = key.length / 4;
    this.#rounds = words + 6;
    this.#schedule = new Uint8Array(BLOCK * (this.#rounds + 1));
    this.#schedule.set(key);
    let constant = 1;
    for (let i = key.length; i < this.#schedule.length; i += 4) {
      let word = [...this.#schedule.subarray(i - 4, i)];
      if ((i / 4) % words === 0) {
        word = [word[1]!, word[2]!, word[3]!, word[0]!].map((byte) => SBOX[byte]!);
        word[0]! ^= constant;
        constant = times(constant, 2);
      } else if (words > 6 && (i / 4) % words === 4) word = word.map((byte) => SBOX[byte]!);
      for (let j = 0; j < 4; j++) this.#schedule[i + j] = this.#schedule[i + j - key.length]! ^ word[j]!;
    }
  }

  #addKey(block: Uint8Array, round: number): void {
    for (let i = 0; i < BLOCK; i++) block[i]! ^= this.#schedule[round * BLOCK + i]!;
  }

  /** Encrypts one block in place. */
  encrypt(block: Uint8Array): void {
    this.#addKey(block, 0);
    const s = new Uint8Array(BLOCK);
    for (let round = 1; round <= this.#rounds; round++) {
      for (let c = 0; c < 4; c++) for (let r = 0; r < 4; r++) s[4 * c + r] = SBOX[block[4 * ((c + r) & 3) + r]!]!;
      if (round < this.#rounds) for (let c = 0; c < BLOCK; c += 4) mix(s, c, 2, 3, 1, 1);
      block.set(s);
      this.#addKey(block, round);
    }
  }

  /** Decrypts one block in place. */
  decrypt(block: Uint8Array): void {
    const s = new Uint8Array(BLOCK);
    for (let round = this.#rounds; round > 0; round--) {
      this.#addKey(block, round);
      s.set(block);
      if (round < this.#rounds) for (let c = 0; c < BLOCK; c += 4) mix(s, c, 14, 11, 13, 9);
      for (let c = 0; c < 4; c++) for (let r = 0; r < 4; r++) block[4 * ((c + r) & 3) + r] = INVERSE[s[4 * c + r]!]!;
    }
    this.#addKey(block, 0);
  }
}

function mix(s: Uint8Array, at: number, a: number, b: number, c: number, d: number): void {
  const [w, x, y, z] = [s[at]!, s[at + 1]!, s[at + 2]!, s[at + 3]!];
  s[at] = times(w, a) ^ times(x, b) ^ times(y, c) ^ times(z, d);
  s[at + 1] = times(w, d) ^ times(x, a) ^ times(y, b) ^ times(z, c);
  s[at + 2] = times(w, c) ^ times(x, d) ^ times(y, a) ^ times(z, b);
  s[at + 3] = times(w, b) ^ times(x, c) ^ times(y, d) ^ times(z, a);
}

export type AesMode = 'cbc' | 'ecb' | 'ctr';

/** Encrypts a whole text. @param tick called after each block: a place to yield is the caller's */
export function* aesEncrypt(
  key: Uint8Array,
  iv: Uint8Array,
  mode: AesMode,
  data: Uint8Array,
  tick: () => boolean,
): Generator<void, Uint8Array, void> {
  if (mode === 'ctr') return yield* counterMode(key, iv, data, tick);
  const pad = BLOCK - (data.length % BLOCK);
  const out = new Uint8Array(data.length + pad).fill(pad);
  out.set(data);
  const aes = new Aes(key);
  let before = iv;
  for (let at = 0; at < out.length; at += BLOCK) {
    const block = out.subarray(at, at + BLOCK);
    if (mode === 'cbc') for (let i = 0; i < BLOCK; i++) block[i]! ^= before[i]!;
    aes.encrypt(block);
    before = block;
    if (tick()) yield;
  }
  return out;
}

/** Decrypts a whole text. @returns undefined where length or padding is wrong */
export function* aesDecrypt(
  key: Uint8Array,
  iv: Uint8Array,
  mode: AesMode,
  data: Uint8Array,
  tick: () => boolean,
): Generator<void, Uint8Array | undefined, void> {
  if (mode === 'ctr') return yield* counterMode(key, iv, data, tick);
  if (data.length === 0 || data.length % BLOCK !== 0) return undefined;
  const out = data.slice();
  const aes = new Aes(key);
  for (let at = 0; at < out.length; at += BLOCK) {
    const block = out.subarray(at, at + BLOCK);
    aes.decrypt(block);
    const before = at === 0 ? iv : data.subarray(at - BLOCK, at);
    if (mode === 'cbc') for (let i = 0; i < BLOCK; i++) block[i]! ^= before[i]!;
    if (tick()) yield;
  }
  const pad = out.at(-1)!;
  if (pad === 0 || pad > BLOCK || !out.subarray(-pad).every((byte) => byte === pad)) return undefined;
  return out.subarray(0, out.length - pad);
}

function* counterMode(
  key: Uint8Array,
  iv: Uint8Array,
  data: Uint8Array,
  tick: () => boolean,
): Generator<void, Uint8Array, void> {
  const aes = new Aes(key);
  const counter = iv.slice();
  const out = data.slice();
  for (let at = 0; at < out.length; at += BLOCK) {
    const stream = counter.slice();
    aes.encrypt(stream);
    for (let i = 0; i < BLOCK && at + i < out.length; i++) out[at + i]! ^= stream[i]!;
    for (let i = BLOCK - 1; i >= 0; i--) {
      counter[i] = (counter[i]! + 1) & 0xff;
      if (counter[i] !== 0) break;
    }
    if (tick()) yield;
  }
  return out;
}
