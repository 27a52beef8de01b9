import { Unicode11Addon } from '@xterm/addon-unicode11';
import { WebLinksAddon } from '@xterm/addon-web-links';
import type { Terminal } from '@xterm/xterm';
import { bareAddresses } from './links.ts';

/** What a screen gets after its first prompt: widths of newer characters, and links. @param press a link was pressed */
export function addExtras(term: Terminal, press: (text: string) => void): void {
  term.loadAddon(new Unicode11Addon());
  term.unicode.activeVersion = '11';
  term.loadAddon(new WebLinksAddon((_event, text) => press(text)));
  term.registerLinkProvider(bareAddresses(term, press));
}

export { linkTarget } from './links.ts';
