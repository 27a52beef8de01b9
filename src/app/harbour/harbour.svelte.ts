import type { Drawing, Figure, Meter } from '../../ui/index.ts';
import type { Remote } from '../machine/machine.svelte.ts';
import { EngineClient, jsonLines } from './client.ts';
import { draw, type EngineState, layersOf } from './draw.ts';
import type {
  ContainerStats,
  ContainerSummary,
  EngineEvent,
  HistoryItem,
  ImageInspect,
  ImageSummary,
  NetworkSummary,
  SystemInfo,
  VolumeSummary,
} from './engine-types.ts';
import { Freshness } from './fresh.ts';
import { type Measure, measure, push } from './measure.ts';

/** After an event, others of the same command are waited for: milliseconds. */
const GATHER = 50;
/** Between two readings of a container's measures. */
const METER = 2000;
/** Rounds of readings after which the lists are asked for again: their texts tell how long ago something was. */
const ROUNDS = 5;
/** Containers that are measured at most: each reading is a request. */
const METERED = 12;
const HISTORY = 16;

const EMPTY: EngineState = { containers: [], networks: [], volumes: [], images: [], layers: new Map() };

/** The live view of the machine, fed by the Engine API: lists, its events, and readings of what runs. */
export class HarbourStore {
  state = $state.raw<EngineState>(EMPTY);
  marks = $state.raw<ReadonlySet<string>>(new Set());
  meters = $state.raw<ReadonlyMap<string, Meter>>(new Map());
  system = $state.raw<SystemInfo>({});
  /** Nothing was heard of the engine yet. */
  loading = $state(true);
  /** Something came or changed since it was last looked at. */
  news = $state(false);
  now = $state(Date.now());
  readonly drawing: Drawing = $derived(draw(this.state, this.marks));
  readonly memory: Figure | undefined = $derived.by(() => {
    const total = this.system.MemTotal;
    if (!total) return undefined;
    return { used: [...this.meters.values()].reduce((sum, meter) => sum + meter.memory, 0), total };
  });
  disk = $state.raw<Figure>();
  #client: EngineClient | undefined;
  readonly #fresh = new Freshness();
  readonly #layers = new Map<string, ReturnType<typeof layersOf>>();
  readonly #readings = new Map<string, ContainerStats>();
  #endEvents: () => void = () => {};
  #gather: ReturnType<typeof setTimeout> | undefined;
  #meter: ReturnType<typeof setTimeout> | undefined;
  #refreshing = false;
  #rounds = 0;
  #again = false;

  get client(): EngineClient | undefined {
    return this.#client;
  }

  /** Begins to follow a machine that has come up. @param diskTotal bytes of its disk */
  async start(remote: Remote, diskTotal: number): Promise<void> {
    this.stop();
    const client = new EngineClient(remote);
    this.#client = client;
    this.#diskTotal = diskTotal;
    // An engine that does not come up is asked for as long as the machine runs: the visitor may mend it.
    while (client === this.#client && !(await remote.engine().catch(ignore))) await pause(METER);
    if (client !== this.#client) return;
    this.#follow(client);
    await this.refresh();
    void this.#measureAll(client);
    client.get<SystemInfo>('/info').then((info) => {
      this.system = info;
    }, ignore);
  }
  #diskTotal = 0;

  /** The visitor entered a command: what it changes will be fresh. */
  command(): void {
    this.#fresh.command();
  }

  /** Lets go of a machine; the drawing stays as it was. */
  stop(): void {
    this.#client = undefined;
    this.#endEvents();
    this.#endEvents = () => {};
    clearTimeout(this.#gather);
    clearTimeout(this.#meter);
    this.#readings.clear();
  }

  /** An empty harbour, for a new machine. */
  clear(): void {
    this.stop();
    this.state = EMPTY;
    this.meters = new Map();
    this.#layers.clear();
    this.#fresh.clear();
    this.marks = this.#fresh.marks;
    this.news = false;
    this.loading = true;
  }

  /** Asks for everything again; calls that come meanwhile are one more round. */
  async refresh(): Promise<void> {
    const client = this.#client;
    if (!client) return;
    if (this.#refreshing) {
      this.#again = true;
      return;
    }
    this.#refreshing = true;
    try {
      do {
        this.#again = false;
        await this.#ask(client);
      } while (this.#again && client === this.#client);
    } catch {
      // The machine went away in the middle: what was drawn stays.
    } finally {
      this.#refreshing = false;
    }
  }

  async #ask(client: EngineClient): Promise<void> {
    const [containers, networks, volumes, images] = await Promise.all([
      client.get<ContainerSummary[]>('/containers/json?all=1'),
      client.get<NetworkSummary[]>('/networks'),
      client.get<{ Volumes?: VolumeSummary[] | null }>('/volumes'),
      client.get<ImageSummary[]>('/images/json'),
    ]);
    await Promise.all(images.map((image) => this.#learn(client, image.Id)));
    if (client !== this.#client) return;
    this.now = Date.now();
    this.marks = new Set(this.#fresh.marks);
    this.state = { containers, networks, volumes: volumes.Volumes ?? [], images, layers: new Map(this.#layers) };
    this.loading = false;
    const sizes = new Map([...this.#layers.values()].flat().map((layer) => [layer.id, layer.size]));
    const used = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    if (this.#diskTotal > 0) this.disk = { used, total: this.#diskTotal };
    this.#soonMeasure(client);
  }

  /** An image's layers, once: they never change. */
  async #learn(client: EngineClient, id: string): Promise<void> {
    if (this.#layers.has(id)) return;
    const path = `/images/${encodeURIComponent(id)}`;
    try {
      const [image, history] = await Promise.all([
        client.get<ImageInspect>(`${path}/json`),
        client.get<HistoryItem[]>(`${path}/history`),
      ]);
      this.#layers.set(id, layersOf(image.RootFS?.Layers ?? [], history));
    } catch {
      // It was removed in between: the next round leaves it out.
    }
  }

  #follow(client: EngineClient): void {
    let delay = 250;
    const again = () => {
      if (client !== this.#client) return;
      this.#gather = setTimeout(() => this.#follow(client), delay);
      delay = Math.min(delay * 2, 8000);
    };
    this.#endEvents = client.stream(
      '/events',
      jsonLines((event) => this.#hear(event as EngineEvent)),
      again,
    );
  }

  #hear(event: EngineEvent): void {
    if (this.#fresh.hear(event)) this.news = true;
    if (/^(?:exec_|attach|detach|resize|top)/.test(event.Action)) return;
    clearTimeout(this.#gather);
    this.#gather = setTimeout(() => void this.refresh(), GATHER);
  }

  #soonMeasure(client: EngineClient): void {
    const unread = this.state.containers.some((c) => c.State === 'running' && !this.meters.has(c.Id));
    if (unread && this.#meter !== undefined) {
      clearTimeout(this.#meter);
      this.#meter = setTimeout(() => void this.#measureAll(client), 300);
    }
  }

  async #measureAll(client: EngineClient): Promise<void> {
    if (client !== this.#client) return;
    const visible = typeof document === 'undefined' || !document.hidden;
    const running = this.state.containers.filter((c) => c.State === 'running').slice(0, METERED);
    if (visible) {
      const meters = new Map<string, Meter>();
      await Promise.all(
        running.map(async ({ Id }) => {
          const reading = await client
            .get<ContainerStats>(`/containers/${Id}/stats?stream=false&one-shot=true`)
            .catch(ignore);
          if (reading) meters.set(Id, this.#read(Id, reading));
        }),
      );
      if (client !== this.#client) return;
      this.meters = meters;
      this.#rounds++;
      if (this.#rounds % ROUNDS === 0) void this.refresh();
      this.now = Date.now();
    }
    this.#meter = setTimeout(() => void this.#measureAll(client), METER);
  }

  #read(id: string, reading: ContainerStats): Meter {
    const value: Measure = measure(reading, this.#readings.get(id));
    this.#readings.set(id, reading);
    const before = this.meters.get(id);
    return {
      cpu: value.cpu,
      cpuHistory: push(before?.cpuHistory ?? [], value.cpu, HISTORY),
      memory: value.memory,
      memoryLimit: value.limit,
    };
  }
}

const ignore = () => undefined;
const pause = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
