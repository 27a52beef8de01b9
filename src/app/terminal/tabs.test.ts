import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Remote } from '../machine/machine.svelte.ts';
import type { TerminalSession } from './session.svelte.ts';
import type { KeptTabs, TabKeep } from './tab-keep.ts';
import { Tabs } from './tabs.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A tab without a screen. */
class Session {
  title = 'root@drydock';
  cwd: string | undefined;
  bell = false;
  onchange = () => {};
  wrote = '';
  connected = 0;
  disposed = false;
  term = { write: (text: string) => void (this.wrote += text), cols: 80, rows: 24 };
  async show(screen: string) {
    this.wrote += `${screen}\x1b[0m\r\n`;
  }
  readonly id: string;
  constructor(id: string) {
    this.id = id;
  }
  async connect() {
    this.connected++;
  }
  orphan() {}
  canSnapshot = true;
  async prepareSnapshots() {}
  snapshot() {
    return { title: this.title, cwd: this.cwd, screen: this.wrote };
  }
  dispose() {
    this.disposed = true;
  }
}

function tabsWith(kept?: KeptTabs) {
  const keep: TabKeep & { kept: KeptTabs | undefined } = {
    kept,
    load: async () => keep.kept,
    save: async (tabs) => void (keep.kept = tabs),
    saveNow: (tabs) => void (keep.kept = tabs),
    clear: async () => void (keep.kept = undefined),
  };
  const tabs = new Tabs((id) => new Session(id) as unknown as TerminalSession, keep);
  return { tabs, keep, sessions: () => tabs.sessions as unknown as Session[] };
}

test('a first visit gets one tab', async () => {
  const { tabs } = tabsWith();
  await tabs.restore();
  expect([tabs.sessions.length, tabs.restored, tabs.active]).toEqual([1, false, '1']);
});

test('tabs come back with title, folder, what was on them, and which was active', async () => {
  const { tabs, sessions } = tabsWith({
    at: 1,
    active: '4',
    tabs: [
      { id: '2', title: 'one', cwd: '/tmp', screen: 'old' },
      { id: '4', title: 'two', cwd: undefined, screen: '' },
    ],
  });
  await tabs.restore();
  expect(sessions().map((s) => [s.title, s.cwd, s.wrote])).toEqual([
    ['one', '/tmp', 'old\x1b[0m\r\n'],
    ['two', undefined, ''],
  ]);
  expect(tabs.active).toBe('4');
  tabs.open();
  expect(tabs.active).toBe('5');
});

test('every tab logs in when the machine is up, later ones at once', async () => {
  const { tabs, sessions } = tabsWith();
  await tabs.restore();
  await tabs.connect({} as Remote);
  tabs.open();
  expect(sessions().map((s) => s.connected)).toEqual([1, 1]);
});

test('closing the active tab shows its neighbour; the last stays', async () => {
  const { tabs, sessions } = tabsWith();
  await tabs.restore();
  tabs.open();
  const [first, second] = sessions();
  tabs.close(second!.id);
  expect([tabs.active, second!.disposed]).toEqual([first!.id, true]);
  tabs.close(first!.id);
  expect(tabs.sessions).toHaveLength(1);
});

test('a page that is left keeps what it has at once', async () => {
  const { tabs, keep, sessions } = tabsWith();
  await tabs.restore();
  sessions()[0]!.wrote = 'bye';
  sessions()[0]!.cwd = '/tmp';
  tabs.saveNow();
  expect(keep.kept?.tabs[0]).toMatchObject({ screen: 'bye', cwd: '/tmp' });
});

test('changes are kept once they settle', async () => {
  const { tabs, keep, sessions } = tabsWith();
  await tabs.restore();
  sessions()[0]!.wrote = 'hello';
  sessions()[0]!.onchange();
  sessions()[0]!.onchange();
  await vi.runAllTimersAsync();
  expect(keep.kept?.tabs[0]?.screen).toBe('hello');
});
