import { clockTime, type DiskOffer, greeting, type IconName } from '../ui/index.ts';
import type { Front } from './front.ts';
import type { Side } from './harbour/side.ts';
import { keepOf } from './kept-settings.ts';
import { Layout } from './layout.svelte.ts';
import { bootOptions } from './machine/boot-options.ts';
import { type Candidate, MachineStore, type Spawn } from './machine/machine.svelte.ts';
import { Settings } from './settings.svelte.ts';
import { TerminalSession } from './terminal/session.svelte.ts';
import { browserTabs } from './terminal/tab-keep.ts';
import { Tabs } from './terminal/tabs.svelte.ts';

/** Everything that lives as long as the page. */
export class Page {
  readonly settings: Settings;
  readonly layout = new Layout();
  readonly machine: MachineStore;
  /** The harbour; it comes when the first prompt is there. */
  side = $state.raw<Side>();
  readonly tabs: Tabs;
  /** A disk from a file that may replace the machine's. */
  offer = $state.raw<DiskOffer>();
  #candidate: Candidate | undefined;
  systemDark = $state(true);
  readonly dark = $derived.by(() =>
    this.settings.theme === 'system' ? this.systemDark : this.settings.theme === 'dark',
  );
  readonly savedLine = $derived.by(() => this.#savedLine());

  /** @param front what was shown before the page was there */
  constructor(view: Window, spawn: Spawn, front: Front) {
    this.settings = new Settings(keepOf(view), view.navigator.languages);
    const options = bootOptions(view);
    const { settings, layout } = this;
    this.machine = new MachineStore(spawn, { ...options, lang: () => settings.lang });
    this.tabs = new Tabs(
      (id) => {
        const session = new TerminalSession(id, layout.shape === 'phone', settings.screenReader, front.take(id));
        session.onenter = () => this.side?.harbour.command();
        return session;
      },
      browserTabs(options.scope, options.name),
    );
  }

  /** Boots; the tabs are there. */
  async open(): Promise<void> {
    await this.machine.start();
    await this.#connect();
  }

  async takeOver(): Promise<void> {
    this.#unplug();
    await this.machine.start(true);
    await this.#connect();
  }

  async restart(): Promise<void> {
    await this.tabs.save();
    await this.machine.flush();
    this.#unplug();
    await this.machine.start();
    await this.#connect();
  }

  async reset(): Promise<void> {
    this.#unplug();
    this.side?.detail.close();
    this.side?.harbour.clear();
    await this.tabs.reset();
    await this.machine.reset();
    await this.#connect();
  }

  async download(): Promise<void> {
    const blob = await this.machine.exportDisk();
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${this.machine.name}.drydock`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  /** Reads a disk from a file, to ask whether it may replace the machine's. */
  async choose(file: File): Promise<void> {
    this.forget();
    const name = file.name.slice(0, 60);
    this.offer = { name, state: 'reading' };
    try {
      const candidate = await this.machine.inspect(file);
      this.#candidate = candidate;
      const { files, bytes, savedAt } = candidate.info;
      this.offer = { name, state: 'ask', files, bytes, savedAt };
    } catch (error) {
      this.offer = { name, state: 'bad', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  /** The disk of the file takes the place of the machine's. */
  async replace(): Promise<void> {
    const candidate = this.#candidate;
    if (!candidate || !this.offer) return;
    const { name } = this.offer;
    this.#candidate = undefined;
    this.#unplug();
    this.side?.detail.close();
    this.side?.harbour.clear();
    await this.tabs.reset();
    try {
      await candidate.replace();
      this.offer = undefined;
    } catch (error) {
      this.offer = { name, state: 'bad', reason: error instanceof Error ? error.message : String(error) };
      await this.machine.start(true);
    }
    await this.#connect();
  }

  /** Nothing is replaced. */
  forget(): void {
    this.#candidate?.drop();
    this.#candidate = undefined;
    this.offer = undefined;
  }

  /** The worker has ended: what was shown stays, greyed. */
  stopped(): void {
    this.#unplug();
  }

  async #connect(): Promise<void> {
    const { remote, info } = this.machine;
    if (!remote || !info) return;
    const { current } = this.tabs;
    if (!info.restored && !this.tabs.restored && !current?.begun) current?.term.write(greeting(this.settings.lang));
    await this.tabs.connect(remote);
    await this.tabs.heard();
    this.side ??= await loadSide();
    if (this.machine.remote !== remote) return;
    const { harbour, detail } = this.side;
    await harbour.start(remote, info.disk);
    if (detail.id !== undefined) detail.show(detail.tab);
  }

  #unplug(): void {
    this.tabs.orphan();
    this.side?.harbour.stop();
  }

  #savedLine(): { icon: IconName; text: string; bad: boolean } {
    const { machine, settings } = this;
    const t = settings.t.saved;
    if (machine.phase === 'crashed' || machine.phase === 'taken') {
      const time = machine.savedAt === undefined ? undefined : clockTime(machine.savedAt);
      return { icon: 'warn', text: t.stopped(time), bad: machine.phase === 'crashed' };
    }
    const { saved } = machine;
    switch (saved.kind) {
      case 'unsaved':
        return { icon: 'warn', text: saved.reason === 'quota' ? t.quota : t.failed, bad: true };
      case 'memory':
        return { icon: 'warn', text: t.memory, bad: true };
      case 'saving':
        return { icon: 'disk', text: t.saving, bad: false };
      case 'saved':
        return { icon: 'check', text: t.saved, bad: false };
      case 'fresh':
        return { icon: 'disk', text: t.fresh, bad: false };
      default:
        return { icon: 'disk', text: t.opening, bad: false };
    }
  }
}

/** Between two attempts to load the harbour: milliseconds. */
const AGAIN = 3000;

/** The harbour's code; a network that fails is tried again, the terminals go on meanwhile. */
async function loadSide(): Promise<Side> {
  for (;;) {
    try {
      const { Side } = await import('./harbour/side.ts');
      return new Side();
    } catch {
      await new Promise((done) => setTimeout(done, AGAIN));
    }
  }
}
