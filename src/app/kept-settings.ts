import type { Theme } from '../ui/index.ts';

/** Where settings are kept: localStorage in the page, a Map in tests. */
export interface Keep {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** What a visitor may choose about the page. */
export interface Kept {
  theme: Theme;
  lang: 'en' | 'zh';
  split: number;
  drawer: boolean;
  screenReader: boolean;
}

export const SETTINGS_KEY = 'drydock:settings';

/** localStorage, where it may be used. */
export function keepOf(view: Window): Keep | undefined {
  try {
    return view.localStorage;
  } catch {
    return undefined;
  }
}

/** What was chosen, as far as it can be read; its values may be anything. */
export function readSettings(keep: Keep | undefined): Partial<Kept> {
  try {
    const value: unknown = JSON.parse(keep?.getItem(SETTINGS_KEY) ?? '{}');
    return typeof value === 'object' && value !== null ? (value as Partial<Kept>) : {};
  } catch {
    return {};
  }
}
