import { cubicOut } from 'svelte/easing';

const still = () => typeof matchMedia === 'function' && matchMedia('(prefers-reduced-motion: reduce)').matches;

/** How containers come to a quay from the open water, close up, and leave; nothing moves where the visitor wants it so. */
export const berthMotion = {
  flip: () => ({ duration: still() ? 0 : 240, easing: cubicOut }),
  arrive(_node: Element, fresh: boolean) {
    return {
      duration: still() || !fresh ? 0 : 480,
      easing: cubicOut,
      css: (t: number, u: number) => `transform: translate(${u * 64}px, ${u * -18}px); opacity: ${t}`,
    };
  },
  leave(_node: Element) {
    return {
      duration: still() ? 0 : 320,
      easing: cubicOut,
      css: (t: number, u: number) => `transform: translate(${u * 64}px, ${u * -18}px); opacity: ${t}`,
    };
  },
};
