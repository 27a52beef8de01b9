import { type PackFrame, type PackHost, type PackIndex, PackQueue, type PackWorker } from '../src/machine/index.ts';

/**
 * Packs as workers beside this one. Nothing is fetched before the first is started.
 * @param base URL of the folder of packs, with a final slash
 */
export function workerPacks(base: string): PackHost {
  let index: Promise<PackIndex> | undefined;
  const list = (): Promise<PackIndex> => {
    index ??= fetchIndex(base);
    index.catch(() => {
      index = undefined;
    });
    return index;
  };
  return { start: (name, memory) => new BrowserPack(base, list(), name, memory) };
}

async function fetchIndex(base: string): Promise<PackIndex> {
  const response = await fetch(`${base}index.json`, { cache: 'no-cache', credentials: 'omit' });
  if (!response.ok) throw new Error(`packs: ${response.status}`);
  return (await response.json()) as PackIndex;
}

async function fetchFile(url: string): Promise<Uint8Array> {
  const response = await fetch(url, { credentials: 'omit' });
  if (!response.ok) throw new Error(`packs: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** A pack that may still be on its way. */
class BrowserPack implements PackWorker {
  readonly #queue = new PackQueue();
  readonly #waiting: unknown[] = [];
  #worker: Worker | undefined;
  #ended = false;

  constructor(base: string, index: Promise<PackIndex>, name: string, memory: number) {
    this.#begin(base, index, name, memory).catch((error: unknown) =>
      this.#queue.end(error instanceof Error ? error : new Error(String(error))),
    );
  }

  async #begin(base: string, index: Promise<PackIndex>, name: string, memory: number): Promise<void> {
    const pack = (await index)[name];
    if (!pack) throw new Error(`${name}: there is no such pack`);
    const entries = Object.entries(pack.files);
    const contents = await Promise.all(entries.map(([, path]) => fetchFile(base + path)));
    if (this.#ended) return;
    const worker = new Worker(base + pack.script, { name: `drydock ${name}` });
    worker.onmessage = ({ data }: MessageEvent<PackFrame>) => this.#queue.add(data);
    worker.onerror = (event) => {
      event.preventDefault();
      this.#queue.end(new Error(event.message || `${name} could not be loaded`));
    };
    const files = Object.fromEntries(entries.map(([file], at) => [file, contents[at]]));
    worker.postMessage({ init: { files, memory } });
    for (const message of this.#waiting.splice(0)) worker.postMessage({ message });
    this.#worker = worker;
  }

  post(message: unknown): void {
    if (this.#worker) this.#worker.postMessage({ message });
    else this.#waiting.push(message);
  }

  next(): Promise<PackFrame> {
    return this.#queue.next();
  }

  end(): void {
    this.#ended = true;
    this.#worker?.terminate();
  }
}
