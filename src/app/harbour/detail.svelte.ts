import {
  type DetailHead,
  type DetailTab,
  type LogLine,
  type Messages,
  type ProcessTable,
  type Sibling,
  type StatsView,
  type SummaryRow,
  templateOf,
} from '../../ui/index.ts';
import { EngineError } from './client.ts';
import { look, nameOf } from './draw.ts';
import type { ContainerInspect, ContainerStats, ContainerTop } from './engine-types.ts';
import type { HarbourStore } from './harbour.svelte.ts';
import { logLines } from './log-stream.ts';
import { measure, push } from './measure.ts';
import { summaryRows } from './summary.ts';

/** Log lines that are kept. */
const LINES = 2000;
const HISTORY = 60;

/** The panel of one container: what its views show, asked for when they are looked at. */
export class DetailStore {
  id = $state<string>();
  tab = $state<DetailTab>('summary');
  inspect = $state.raw<ContainerInspect>();
  gone = $state(false);
  lines = $state.raw<readonly LogLine[]>([]);
  stats = $state.raw<StatsView>();
  processes = $state.raw<ProcessTable>();
  logFilter = $state('');
  follow = $state(true);
  times = $state(true);
  jsonFilter = $state('');
  jsonPath = $state('');
  readonly shown = $derived(
    this.logFilter === ''
      ? this.lines
      : this.lines.filter((line) => line.text.toLowerCase().includes(this.logFilter.toLowerCase())),
  );
  readonly #harbour: HarbourStore;
  #before: ContainerStats | undefined;
  #stop: () => void = () => {};

  constructor(harbour: HarbourStore) {
    this.#harbour = harbour;
  }

  readonly summary = $derived.by(() => this.#harbour.state.containers.find((c) => c.Id === this.id));
  readonly running = $derived(this.summary?.State === 'running' || this.summary?.State === 'paused');

  open(id: string): void {
    if (this.id !== id) {
      this.inspect = undefined;
      this.lines = [];
      this.stats = undefined;
      this.processes = undefined;
      this.#before = undefined;
      this.gone = false;
      this.jsonPath = '';
    }
    this.id = id;
    this.show(this.tab);
  }

  close(): void {
    this.#stop();
    this.#stop = () => {};
    this.id = undefined;
  }

  /** Shows a view and follows what it needs. */
  show(tab: DetailTab): void {
    this.#stop();
    this.#stop = () => {};
    this.tab = tab;
    if (this.id === undefined) return;
    void this.load();
    if (tab === 'logs') this.#stop = this.#followLogs(this.id);
    if (tab === 'stats') this.#stop = every(1000, () => this.#readStats());
    if (tab === 'processes') this.#stop = every(2000, () => this.#readProcesses());
  }

  /** Asks the engine for the container; called again when the harbour has heard of changes. */
  async load(): Promise<void> {
    const { id } = this;
    const { client } = this.#harbour;
    if (id === undefined || !client) return;
    try {
      const inspect = await client.get<ContainerInspect>(`/containers/${id}/json`);
      if (id === this.id) this.inspect = inspect;
    } catch (error) {
      if (id === this.id && error instanceof EngineError && error.status === 404) this.gone = true;
    }
  }

  head(): DetailHead {
    const { inspect, summary } = this;
    const name = summary ? nameOf(summary) : (inspect?.Name.replace(/^\//, '') ?? '');
    const networks = Object.entries(summary?.NetworkSettings?.Networks ?? inspect?.NetworkSettings.Networks ?? {});
    const [network, endpoint] = networks[0] ?? ['', undefined];
    return {
      id: this.id ?? '',
      name,
      image: summary?.Image ?? inspect?.Config.Image ?? '',
      look: summary ? look(summary) : 'exited',
      status: summary?.Status ?? inspect?.State.Status ?? '',
      ip: endpoint?.IPAddress ?? '',
      network,
      restarts: inspect?.RestartCount ?? 0,
    };
  }

  siblings(network: string): Sibling[] {
    return this.#harbour.state.containers
      .filter((container) => Object.hasOwn(container.NetworkSettings?.Networks ?? {}, network))
      .map((container) => ({ id: container.Id, name: shortIn(network, nameOf(container)), look: look(container) }));
  }

  rows(t: Messages): SummaryRow[] {
    return this.inspect ? summaryRows(t, this.inspect) : [];
  }

  /** The command that says what the view shows. */
  command(name: string): string {
    switch (this.tab) {
      case 'logs':
        return `docker logs ${this.follow ? '-f ' : ''}${this.times ? '-t ' : ''}${name}`;
      case 'inspect':
        return this.jsonPath === ''
          ? `docker inspect ${name}`
          : `docker inspect -f '${templateOf(this.jsonPath)}' ${name}`;
      case 'stats':
        return `docker stats --no-stream ${name}`;
      case 'processes':
        return `docker top ${name}`;
      default:
        return `docker ps -a --filter name=${name}`;
    }
  }

  #followLogs(id: string): () => void {
    const { client } = this.#harbour;
    if (!client) return () => {};
    this.lines = [];
    let end = () => {};
    let stopped = false;
    void this.load().then(() => {
      if (stopped || this.gone) return;
      const take = logLines(this.inspect?.Config.Tty === true, (lines) => {
        if (!stopped) this.lines = [...this.lines, ...lines].slice(-LINES);
      });
      end = client.stream(
        `/containers/${id}/logs?stdout=1&stderr=1&timestamps=1&follow=1&tail=${LINES}`,
        take,
        () => {},
      );
    });
    return () => {
      stopped = true;
      end();
    };
  }

  async #readStats(): Promise<void> {
    const { id } = this;
    const { client, system } = this.#harbour;
    if (id === undefined || !client || !this.running) return;
    const reading = await client.get<ContainerStats>(`/containers/${id}/stats?stream=false&one-shot=true`);
    if (id !== this.id) return;
    const value = measure(reading, this.#before);
    this.#before = reading;
    const before = this.stats;
    const limit = this.inspect?.HostConfig.Memory ?? 0;
    this.stats = {
      ...value,
      limit: limit > 0 ? limit : (system.MemTotal ?? value.limit),
      limited: limit > 0,
      cpuHistory: push(before?.cpuHistory ?? [], value.cpu, HISTORY),
      memoryHistory: push(before?.memoryHistory ?? [], value.memory, HISTORY),
      rxHistory: push(before?.rxHistory ?? [], before ? value.rx - before.rx : 0, HISTORY),
      txHistory: push(before?.txHistory ?? [], before ? value.tx - before.tx : 0, HISTORY),
    };
  }

  async #readProcesses(): Promise<void> {
    const { id } = this;
    const { client } = this.#harbour;
    if (id === undefined || !client || !this.running) return;
    const top = await client.get<ContainerTop>(`/containers/${id}/top`);
    if (id === this.id) this.processes = { titles: top.Titles, rows: top.Processes };
  }
}

/** A name without what all of its network have: `shop-web-1` on `shop` (or `shop_default`) is `web`. */
function shortIn(network: string, name: string): string {
  const project = network.replace(/_default$/, '');
  return name.startsWith(`${project}-`) ? name.slice(project.length + 1).replace(/-1$/, '') : name;
}

/** Does something now and again after each `ms`; failures wait for the next time. @returns a function that ends it */
function every(ms: number, step: () => Promise<void>): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const run = () => {
    void step()
      .catch(() => {})
      .then(() => {
        if (!stopped) timer = setTimeout(run, ms);
      });
  };
  run();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
