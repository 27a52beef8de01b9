import type { Remote } from '../machine/machine.svelte.ts';
import type { TerminalSession } from './session.svelte.ts';
import type { KeptTabs, TabKeep } from './tab-keep.ts';

/** How long output may come before the tabs are kept again: milliseconds. */
const SETTLE = 700;

/** After this time the rest of the page does not wait for a first login any more: milliseconds. */
const SILENT = 2000;

/** The terminals of the page: each a login; they come back after a reload with their folder and what was on them. */
export class Tabs {
  sessions = $state.raw<readonly TerminalSession[]>([]);
  active = $state('');
  /** Whether tabs of an earlier visit came back. */
  restored = $state(false);
  readonly #make: (id: string) => TerminalSession;
  readonly #keep: TabKeep;
  #remote: Remote | undefined;
  #next = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(make: (id: string) => TerminalSession, keep: TabKeep) {
    this.#make = make;
    this.#keep = keep;
  }

  get current(): TerminalSession | undefined {
    return this.sessions.find((session) => session.id === this.active);
  }

  /** Brings the tabs of the last visit back, without logins; a first visit gets one. */
  async restore(): Promise<void> {
    const kept = await this.#keep.load();
    for (const tab of kept?.tabs ?? []) {
      const session = this.#add(tab.id);
      session.title = tab.title;
      session.cwd = tab.cwd;
      if (tab.screen !== '') await session.show(tab.screen);
      this.#next = Math.max(this.#next, Number(tab.id) + 1 || 1);
    }
    this.restored = this.sessions.length > 0;
    if (!this.restored) this.#add(String(this.#next++));
    const wanted = this.sessions.find((session) => session.id === kept?.active) ?? this.sessions[0];
    this.active = wanted?.id ?? '';
  }

  /** Logs every tab in on a machine that has come up. */
  async connect(remote: Remote): Promise<void> {
    this.#remote = remote;
    // The one that is looked at first: it takes the login that began with the boot.
    const rest = this.sessions.filter((session) => session !== this.current);
    await Promise.all([this.current, ...rest].map((session) => session?.connect(remote)));
  }

  /** Resolves when the login that is looked at has written something, or takes long to. */
  async heard(): Promise<void> {
    await Promise.race([this.current?.heard(), new Promise((done) => setTimeout(done, SILENT))]);
  }

  /** The machine is gone; screens stay. */
  orphan(): void {
    this.#remote = undefined;
    for (const session of this.sessions) session.orphan();
  }

  open(): void {
    const session = this.#add(String(this.#next++));
    this.select(session.id);
    if (this.#remote) void session.connect(this.#remote);
    this.#soon();
  }

  select(id: string): void {
    this.active = id;
    const session = this.current;
    if (session) session.bell = false;
    this.#soon();
  }

  close(id: string): void {
    const at = this.sessions.findIndex((session) => session.id === id);
    if (at < 0 || this.sessions.length === 1) return;
    this.sessions[at]!.dispose();
    this.sessions = this.sessions.filter((session) => session.id !== id);
    if (this.active === id) this.select(this.sessions[Math.min(at, this.sessions.length - 1)]!.id);
    this.#soon();
  }

  /** Keeps what the tabs show now. */
  async save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await Promise.all(this.sessions.map((session) => session.prepareSnapshots()));
    await this.#keep.save(this.#snapshot());
  }

  /** The same, at once: the page is being left. */
  saveNow(): void {
    if (this.sessions.length > 0 && this.sessions.every((session) => session.canSnapshot))
      this.#keep.saveNow(this.#snapshot());
  }

  /** Forgets the tabs of this machine and begins with an empty one. */
  async reset(): Promise<void> {
    clearTimeout(this.#timer);
    for (const session of this.sessions) session.dispose();
    this.sessions = [];
    await this.#keep.clear();
    this.restored = false;
    this.active = this.#add(String(this.#next++)).id;
  }

  #add(id: string): TerminalSession {
    const session = this.#make(id);
    session.onchange = () => this.#soon();
    this.sessions = [...this.sessions, session];
    if (session.spoken) this.#soon();
    return session;
  }

  #snapshot(): KeptTabs {
    const tabs = this.sessions.map((session) => ({ id: session.id, ...session.snapshot() }));
    const { cols, rows } = (this.current ?? this.sessions[0]!).term;
    return { at: Date.now(), active: this.active, tabs, size: { cols, rows } };
  }

  #soon(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => void this.save(), SETTLE);
  }
}
