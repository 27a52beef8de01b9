/**
 * What stands there before the page: its first terminal, in the place that index.html has for it. The rest of the page, with
 * all that draws it, comes when the first prompt is seen, and takes the terminal over.
 */
import '@xterm/xterm/css/xterm.css';
import '../ui/styles/tokens.css';
import '../ui/styles/base.css';
import './terminal/terminal-pane.css';
import { greeting } from '../ui/index.ts';
import { earlyBoot } from './early.ts';
import { keepOf, readSettings } from './kept-settings.ts';
import { bootOptions } from './machine/boot-options.ts';
import type { Booting } from './machine/engine-worker.ts';
import { readHint } from './machine/hint.ts';
import { shapeOf } from './shape.ts';
import { type KeptTab, leftTabs } from './terminal/tab-keep.ts';
import { TerminalScreen } from './terminal/terminal-screen.ts';

/** After this time the page comes without a prompt: it can say what goes on. Milliseconds. */
const SILENT = 1500;
/** Between two attempts to load the page: milliseconds. */
const AGAIN = 3000;
/** Name of the tab that a first visit gets. */
const FIRST_TAB = '1';

/** Hands the first terminal to the page. */
export interface Front {
  /** The screen of a tab, if it is there already; once. */
  take(id: string): TerminalScreen | undefined;
}

const { name, scope, lang } = bootOptions(window);
const kept = leftTabs(scope, name);
const tab = kept?.tabs.find(({ id }) => id === kept.active) ?? kept?.tabs[0];
const booting = earlyBoot();
// After a crash the tabs stand in the database; newer wide characters need their widths first: that is the page's business.
const simple = tab ? !/[\u{1f000}-\u{1ffff}]/u.test(tab.screen) : readHint(scope, name) === undefined;
let screen = simple && booting?.login && booting.login.cwd === tab?.cwd ? begin(booting, tab) : undefined;

/** A window for tests and for the curious, until the page has its own. */
const first = screen;
(globalThis as Record<string, unknown>).__drydock = { term: first?.term, phase: 'booting', engine: false };

const front: Front = {
  take(id) {
    if (id !== (tab?.id ?? FIRST_TAB)) return undefined;
    const taken = screen;
    screen = undefined;
    return taken;
  },
};
void openPage();

/** Puts the first terminal into its place and ties it to the login that began with the boot. */
function begin({ login, result }: Booting, tab: KeptTab | undefined): TerminalScreen | undefined {
  const place = document.querySelector('.boot > .screens');
  if (!place) return undefined;
  const host = document.createElement('div');
  host.className = 'host';
  place.append(host);
  place.parentElement?.classList.add('open');
  const screen = new TerminalScreen(
    shapeOf(innerWidth) === 'phone',
    readSettings(keepOf(window)).screenReader === true,
  );
  screen.begun = true;
  screen.attach(host);
  screen.term.focus();
  if (tab?.screen) screen.term.write(`${tab.screen}\x1b[0m\r\n`);
  void result.then(
    (booted) => {
      if (!booted.ok) return;
      if (!booted.info.restored && !tab) screen.lead = greeting(lang);
      if (login?.port) screen.plug(login.port);
    },
    () => {},
  );
  return screen;
}

/** The page, when there is a prompt, or nothing to wait for. */
async function openPage(): Promise<void> {
  if (first && booting) {
    const failed = booting.result.then(
      (result) => (result.ok ? first.heard() : undefined),
      () => {},
    );
    await Promise.race([failed, new Promise((done) => setTimeout(done, SILENT))]);
  }
  const { openPage } = await loadPage();
  await openPage(front);
}

/** The page's code; a network that fails is tried again, the terminal goes on meanwhile. */
async function loadPage() {
  for (;;) {
    try {
      return await import('./main.svelte.ts');
    } catch {
      await new Promise((done) => setTimeout(done, AGAIN));
    }
  }
}
