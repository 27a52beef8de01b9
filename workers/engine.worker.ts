/**
 * The worker's first script. It is small: what the machine needs from outside is on its way while the machine's code comes.
 * What is to be booted stands in the worker's name, because a message is held back until the page's own script pauses.
 */
import type { BootPorts, BootReply, BootRequest } from '../src/machine/remote.ts';
import { bringDisk, unpacked } from './first-disk.ts';
import { databaseName, openDatabase, removeDatabase } from './storage/database.ts';
import { openStore } from './storage/open-store.ts';

/** Digest of a new host's disk, put in by the build; undefined where there were no images yet. */
declare const FIRST_DISK: string | undefined;

const loading = import('./engine.ts').then(
  ({ Engine }) => new Engine({ unpacked, databaseName, openDatabase, removeDatabase, openStore }),
);
const comlink = () => import('comlink');

if (self.name) boot(JSON.parse(self.name) as BootRequest);

function boot({ boot: options, login }: BootRequest): void {
  const [page, terminal] = [new MessageChannel(), login && new MessageChannel()];
  self.postMessage({ boot: true } satisfies BootPorts, terminal ? [page.port2, terminal.port2] : [page.port2]);
  const reply = (answer: BootReply) => page.port1.postMessage(answer);

  const lost = () => void loading.then((engine) => engine.handOver());
  const opening =
    options.storage === 'idb'
      ? openStore(databaseName(options.scope, options.name), options.takeOver === true, lost, true)
      : undefined;
  const disk = options.fresh === true && FIRST_DISK ? bringDisk(options.blobs, FIRST_DISK) : undefined;

  loading
    .then((engine) => {
      const first = login && terminal && { ...login, port: terminal.port1 };
      return engine.boot(options, (event) => reply({ event }), { opening, disk }, first);
    })
    .then(
      (result) => reply({ result }),
      (failed: unknown) => reply({ failed }),
    );
}

/** Calls that came before what serves them. */
const early: MessageEvent[] = [];

function take(event: MessageEvent): void {
  if (early.push(event) === 1) void serveCalls();
}
addEventListener('message', take);

/** The page calls the engine through Comlink, which comes with the first call: a boot and its login do without. */
async function serveCalls(): Promise<void> {
  try {
    const [{ expose }, engine] = await Promise.all([comlink(), loading]);
    removeEventListener('message', take);
    expose(engine);
    for (const { data, ports } of early.splice(0))
      dispatchEvent(new MessageEvent('message', { data, ports: [...ports] }));
  } catch (error) {
    // The page hears of an error that nobody caught.
    setTimeout(() => {
      throw error;
    });
  }
}
