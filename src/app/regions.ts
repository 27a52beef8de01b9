import type { TerminalSession } from './terminal/session.svelte.ts';

/** Moves the focus to the next region of the page (F6), or the one before. */
export function cycleRegions(back: boolean, session: TerminalSession | undefined): void {
  const regions = [...document.querySelectorAll<HTMLElement>('[data-region]')].filter((el) => el.offsetParent !== null);
  const at = regions.findIndex((region) => region.contains(document.activeElement));
  const next = regions[(at + (back ? -1 : 1) + regions.length) % regions.length];
  if (!next) return;
  if (next.dataset.region === 'terminal' && session) {
    session.term.focus();
    return;
  }
  const inside =
    next.querySelector<HTMLElement>('[data-stop][tabindex="0"]') ?? next.querySelector<HTMLElement>('button, a, input');
  (inside ?? next).focus();
}
