import { DetailStore } from './detail.svelte.ts';
import HarbourPane from './HarbourPane.svelte';
import { HarbourStore } from './harbour.svelte.ts';

/** The live view beside the terminals: its stores and its component. It is loaded after the first prompt. */
export class Side {
  readonly harbour = new HarbourStore();
  readonly detail = new DetailStore(this.harbour);
  readonly Pane = HarbourPane;
}
