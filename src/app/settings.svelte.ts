import { en, type I18n, THEMES, type Theme, zh } from '../ui/index.ts';
import { type Keep, type Kept, readSettings, SETTINGS_KEY } from './kept-settings.ts';

export const SPLIT_MIN = 30;
export const SPLIT_MAX = 75;

/** What the visitor chose about the page; kept at each change. looks.js reads the same record before the first paint. */
export class Settings implements I18n {
  theme = $state<Theme>('system');
  lang = $state<'en' | 'zh'>('en');
  /** Per cent of the width that the terminal has. */
  split = $state(60);
  /** Whether the harbour's drawer is open on a middle screen. */
  drawer = $state(false);
  screenReader = $state(false);
  readonly t = $derived(this.lang === 'zh' ? zh : en);
  readonly #keep: Keep | undefined;

  constructor(keep: Keep | undefined, languages: readonly string[]) {
    this.#keep = keep;
    const kept = readSettings(keep);
    this.theme = THEMES.find((name) => name === kept.theme) ?? 'system';
    this.lang = kept.lang === 'zh' || kept.lang === 'en' ? kept.lang : preferred(languages);
    if (typeof kept.split === 'number') this.split = Math.min(SPLIT_MAX, Math.max(SPLIT_MIN, kept.split));
    this.drawer = kept.drawer === true;
    this.screenReader = kept.screenReader === true;
  }

  /** Changes some and keeps all. */
  set(change: Partial<Kept>): void {
    Object.assign(this, change);
    const { theme, lang, split, drawer, screenReader } = this;
    try {
      this.#keep?.setItem(SETTINGS_KEY, JSON.stringify({ theme, lang, split, drawer, screenReader }));
    } catch {
      // A full or forbidden store keeps the choice for this visit only.
    }
  }
}

/** The first of the browser's languages that the page speaks. */
function preferred(languages: readonly string[]): 'en' | 'zh' {
  for (const language of languages) {
    if (/^zh\b/i.test(language)) return 'zh';
    if (/^en\b/i.test(language)) return 'en';
  }
  return 'en';
}
