/**
 * One tab stop for a drawing: of the elements with `data-stop` only one is in the tab order, arrows go to the nearest in
 * their direction, Home and End to the first and last.
 */
export function rove(root: HTMLElement): () => void {
  let current: HTMLElement | undefined;
  const stops = () => [...root.querySelectorAll<HTMLElement>('[data-stop]')].filter((el) => el.offsetParent !== null);

  const settle = () => {
    const all = stops();
    if (!current || !all.includes(current)) current = all[0];
    for (const el of all) {
      const wanted = el === current ? '0' : '-1';
      if (el.getAttribute('tabindex') !== wanted) el.setAttribute('tabindex', wanted);
    }
  };
  const onFocus = (event: FocusEvent) => {
    const stop = (event.target as HTMLElement).closest<HTMLElement>('[data-stop]');
    if (!stop) return;
    current = stop;
    settle();
  };
  const onKey = (event: KeyboardEvent) => {
    const from = (event.target as HTMLElement).closest<HTMLElement>('[data-stop]');
    if (!from || event.ctrlKey || event.metaKey || event.altKey) return;
    const all = stops();
    const next =
      event.key === 'Home' ? all[0] : event.key === 'End' ? all[all.length - 1] : nearest(from, all, event.key);
    if (!next || next === from) return;
    event.preventDefault();
    next.focus();
  };
  const observer = new MutationObserver(settle);
  observer.observe(root, { childList: true, subtree: true });
  root.addEventListener('focusin', onFocus);
  root.addEventListener('keydown', onKey);
  settle();
  return () => {
    observer.disconnect();
    root.removeEventListener('focusin', onFocus);
    root.removeEventListener('keydown', onKey);
  };
}

const WAYS: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The element that lies nearest in an arrow's direction; what is off to the side counts three times. */
function nearest(from: HTMLElement, all: readonly HTMLElement[], key: string): HTMLElement | undefined {
  const way = WAYS[key];
  if (!way) return undefined;
  const a = from.getBoundingClientRect();
  let best: HTMLElement | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const el of all) {
    if (el === from) continue;
    const b = el.getBoundingClientRect();
    const dx = b.left + b.width / 2 - (a.left + a.width / 2);
    const dy = b.top + b.height / 2 - (a.top + a.height / 2);
    const ahead = dx * way[0] + dy * way[1];
    // Boxes side by side have their centres apart by more than a quarter of their sizes: less is the same row or column.
    if (ahead <= (way[0] !== 0 ? Math.min(a.width, b.width) : Math.min(a.height, b.height)) / 4) continue;
    const side = Math.max(
      0,
      way[0] !== 0 ? gap(a.top, a.bottom, b.top, b.bottom) : gap(a.left, a.right, b.left, b.right),
    );
    const distance = ahead + side * 3 + Math.abs(way[0] !== 0 ? dy : dx) * 0.1;
    if (distance < least) {
      least = distance;
      best = el;
    }
  }
  return best;
}

const gap = (a1: number, a2: number, b1: number, b2: number) => Math.max(b1 - a2, a1 - b2);
