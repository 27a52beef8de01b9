import { getContext, setContext } from 'svelte';
import type { Messages } from './en.ts';

/** The page's present language, as its components read it: `i18n.t` is reactive. */
export interface I18n {
  readonly t: Messages;
}

const KEY = Symbol('i18n');

/** Hands the texts to all components below. */
export function provideI18n(i18n: I18n): void {
  setContext(KEY, i18n);
}

/** The texts that a component shows. */
export function useI18n(): I18n {
  return getContext<I18n>(KEY);
}
