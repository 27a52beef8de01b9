import {
  createBLAKE2b,
  createMD5,
  createSHA1,
  createSHA3,
  createSHA224,
  createSHA256,
  createSHA384,
  createSHA512,
  createXXHash64,
} from 'hash-wasm';
import { toHex } from './hex.ts';

/** A digest under way. After `digest` or `digestHex` it is used up. */
export interface Hash {
  update(bytes: Uint8Array): Hash;
  /** Another hash that goes on from here. */
  copy(): Hash;
  digest(): Uint8Array;
  digestHex(): string;
}

/** Makes hashes of one kind, synchronously and any number at a time. */
export interface HashFactory {
  readonly name: HashName;
  create(): Hash;
  /** Digest of one piece, in hexadecimal. */
  hex(bytes: Uint8Array): string;
}

export type HashName = 'md5' | 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512' | 'blake2b' | 'sha3-224' | 'xxhash64';

const CREATORS = {
  md5: createMD5,
  sha1: createSHA1,
  sha224: createSHA224,
  sha256: createSHA256,
  sha384: createSHA384,
  sha512: createSHA512,
  createXXHash64,
  blake2b: () => createBLAKE2b(512),
  'sha3-224': () => createSHA3(224),
  xxhash64: () => createXXHash64(),
};

/** Loads one kind of hash (WebAssembly, so once, at boot); what it gives works synchronously. */
export async function loadHash(name: HashName): Promise<HashFactory> {
  return new WasmHashFactory(name, await CREATORS[name]());
}

type Hasher = Awaited<ReturnType<typeof createSHA256>>;

/** One WebAssembly instance serves all hashes: who is not at work has its state saved. */
class WasmHashFactory implements HashFactory {
  private current: WasmHash | undefined;
  readonly name: HashName;
  private readonly hasher: Hasher;

  constructor(name: HashName, hasher: Hasher) {
    this.name = name;
    this.hasher = hasher;
  }

  create(): Hash {
    return new WasmHash(this);
  }

  hex(bytes: Uint8Array): string {
    return this.create().update(bytes).digestHex();
  }

  /** Gives the instance to `hash`. */
  take(hash: WasmHash): Hasher {
    if (this.current === hash) return this.hasher;
    if (this.current) this.current.saved = this.hasher.save();
    if (hash.saved) this.hasher.load(hash.saved);
    else this.hasher.init();
    hash.saved = undefined;
    this.current = hash;
    return this.hasher;
  }

  release(): void {
    this.current = undefined;
  }
}

class WasmHash implements Hash {
  saved: Uint8Array | undefined;
  private readonly factory: WasmHashFactory;

  constructor(factory: WasmHashFactory) {
    this.factory = factory;
  }

  update(bytes: Uint8Array): Hash {
    this.factory.take(this).update(bytes);
    return this;
  }

  copy(): Hash {
    const other = new WasmHash(this.factory);
    other.saved = this.factory.take(this).save();
    return other;
  }

  digest(): Uint8Array {
    const bytes = this.factory.take(this).digest('binary');
    this.factory.release();
    return bytes;
  }

  digestHex(): string {
    return toHex(this.digest());
  }
}
