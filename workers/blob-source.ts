import { BLOCKED, type BlobSource } from '../src/machine/index.ts';

const EIO = -5;

/**
 * The images' bytes from the deployment's blobs/ folder: `sha256:HEX` is the file `sha256/HEX`. A blob is fetched when
 * it is first read, once; the browser's own cache keeps it for the next visit.
 * @param base URL of the folder, with its final slash
 */
export function fetchedBlobs(base: string): BlobSource {
  const held = new Map<string, Uint8Array | 'failed'>();
  const coming = new Map<string, Set<() => void>>();

  const bring = async (digest: string) => {
    const wakers = coming.get(digest);
    let bytes: Uint8Array | 'failed' = 'failed';
    for (let attempt = 0; bytes === 'failed' && attempt < 3; attempt++) {
      try {
        const response = await fetch(base + digest.replace(':', '/'), {
          credentials: 'omit',
          referrerPolicy: 'no-referrer',
        });
        if (response.ok) bytes = new Uint8Array(await response.arrayBuffer());
        else if (response.status < 500) break;
      } catch {
        await new Promise((done) => setTimeout(done, 300 * (attempt + 1)));
      }
    }
    held.set(digest, bytes);
    coming.delete(digest);
    for (const wake of wakers ?? []) wake();
    // A failure is told once; who asks again tries again.
    if (bytes === 'failed') setTimeout(() => held.delete(digest), 2000);
  };

  return {
    read(digest, offset, length, waker) {
      const bytes = held.get(digest);
      if (bytes === 'failed') return EIO;
      if (bytes) return bytes.subarray(offset, Math.min(bytes.length, offset + length));
      const wakers = coming.get(digest) ?? new Set();
      wakers.add(waker());
      if (!coming.has(digest)) {
        coming.set(digest, wakers);
        void bring(digest);
      }
      return BLOCKED;
    },
  };
}
