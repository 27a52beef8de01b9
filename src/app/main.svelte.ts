import '@xterm/xterm/css/xterm.css';
import '../ui/styles/tokens.css';
import '../ui/styles/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { spawnEngine } from './machine/spawn.ts';
import { Page } from './page.svelte.ts';

const page = new Page(window, spawnEngine);
page.layout.follow(window);
const root = document.documentElement;

$effect.root(() => {
  const light = matchMedia('(prefers-color-scheme: light)');
  const look = () => {
    page.systemDark = !light.matches;
  };
  look();
  light.addEventListener('change', look);
  $effect(() => {
    if (page.settings.theme === 'system') delete root.dataset.theme;
    else root.dataset.theme = page.settings.theme;
  });
  $effect(() => {
    root.lang = page.settings.t.lang;
    document.title = page.settings.t.title(page.machine.name);
  });
});

const target = document.getElementById('app');
if (target) {
  target.replaceChildren();
  mount(App, { target, props: { page } });
}
void page.open();

// What is on the screens goes to the disk before the page is left; the machine's own disk is saved at each prompt.
addEventListener('pagehide', () => page.tabs.saveNow());
document.addEventListener('visibilitychange', () => {
  if (document.hidden) void page.tabs.save();
});

/** A window for tests and for the curious: the screen as text, the machine's state. */
(globalThis as Record<string, unknown>).__drydock = {
  get term() {
    return page.tabs.current?.term;
  },
  get phase() {
    return page.machine.phase;
  },
  /** Whether the engine has answered. */
  get engine() {
    return page.side?.harbour.loading === false;
  },
  get saved() {
    return page.machine.saved.kind;
  },
};
