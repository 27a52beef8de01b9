import { shapeOf } from './shape.ts';

/** Size of the window, and what a phone shows. */
export class Layout {
  width = $state(1440);
  /** The view of a phone. */
  view = $state<'terminal' | 'harbour'>('terminal');
  /** Whether a phone's keyboard covers a part of the window. */
  keyboard = $state(false);
  /** Height that can be seen: less than the window's while a keyboard is up. */
  height = $state<number>();
  readonly shape = $derived(shapeOf(this.width));

  /** Follows the window. @returns a function that stops it */
  follow(view: Window): () => void {
    const visual = view.visualViewport;
    const measure = () => {
      this.width = view.innerWidth;
      const visible = visual?.height ?? view.innerHeight;
      this.height = Math.round(visible);
      // A keyboard takes at least a quarter of a phone's screen; a browser's bar takes less.
      this.keyboard =
        this.shape === 'phone' && visible < view.screen.height * 0.72 && visible < view.screen.height - 220;
    };
    measure();
    view.addEventListener('resize', measure);
    visual?.addEventListener('resize', measure);
    return () => {
      view.removeEventListener('resize', measure);
      visual?.removeEventListener('resize', measure);
    };
  }
}
