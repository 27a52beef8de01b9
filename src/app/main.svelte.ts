import { flushSync, mount } from 'svelte';
import App from './App.svelte';
import type { Front } from './front.ts';
import { spawnEngine } from './machine/spawn.ts';
import { Page } from './page.svelte.ts';

/** Puts the page into the document and boots its machine. @param front what was there before it */
export async function openPage(front: Front): Promise<void> {
  const page = new Page(window, spawnEngine, front);
  page.layout.follow(window);
  followLooks(page);
  publish(page);
  await page.tabs.restore();
  const target = document.getElementById('app');
  if (target) {
    target.replaceChildren();
    mount(App, { target, props: { page } });
    // A terminal that was there stands in its new place in the same frame.
    flushSync();
  }
  // What is on the screens goes to the disk before the page is left; the machine's own disk is saved at each prompt.
  addEventListener('pagehide', () => page.tabs.saveNow());
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) void page.tabs.save();
  });
  // Drawn before, it would take the time of the first prompt.
  const icon = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (icon) icon.href = './favicon.svg';
  await page.open();
}

/** Theme, language and title of the document follow the page's. */
function followLooks(page: Page): void {
  const root = document.documentElement;
  const light = matchMedia('(prefers-color-scheme: light)');
  const look = () => {
    page.systemDark = !light.matches;
  };
  look();
  light.addEventListener('change', look);
  $effect.root(() => {
    $effect(() => {
      if (page.settings.theme === 'system') delete root.dataset.theme;
      else root.dataset.theme = page.settings.theme;
    });
    $effect(() => {
      root.lang = page.settings.t.lang;
      document.title = page.settings.t.title(page.machine.name);
    });
  });
}

/** A window for tests and for the curious: the screen as text, the machine's state. */
function publish(page: Page): void {
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
}
