import { en, type I18n, THEMES, type Theme, zh } from '../ui/index.ts';

/** Where settings are kept: localStorage in the page, a Map in tests. */
export interface Keep {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

interface Kept {
  theme: Theme;
  lang: 'en' | 'zh';
  split: number;
  drawer: boolean;
  screenReader: boolean;
}

const KEY = 'drydock:settings';
export const SPLIT_MIN = 30;
export const SPLIT_MAX = 75;

/** What the visitor chose about the page; kept at each change. public/theme.js reads the same record before the first paint. */
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
    const kept = read(keep);
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
      this.#keep?.setItem(KEY, JSON.stringify({ theme, lang, split, drawer, screenReader }));
    } catch {
      // A full or forbidden store keeps the choice for this visit only.
    }
  }
}

function read(keep: Keep | undefined): Partial<Kept> {
  try {
    const value: unknown = JSON.parse(keep?.getItem(KEY) ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Partial<Kept>) : {};
  } catch {
    return {};
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
