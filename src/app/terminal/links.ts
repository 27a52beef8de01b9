import type { ILink, ILinkProvider, Terminal } from '@xterm/xterm';

/** Hosts that mean something else to the visitor's browser than to the machine. */
const INSIDE =
  /^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1?\]|10\.\d+\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+|192\.168\.\d+\.\d+)$/;

/** What a pressed link leads to: a command for an address inside the machine, an address to open, or nothing. */
export function linkTarget(text: string): { address: string; command: string | undefined } | undefined {
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  } catch {
    return undefined;
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined;
  if (url.username !== '' || url.password !== '') return undefined;
  const inside = INSIDE.test(url.hostname);
  const quoted = /^[\w./:@%+=,~-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  return { address: url.href, command: inside ? `curl ${quoted}` : undefined };
}

const BARE = /(?<![\w/.-])(?:localhost|127\.0\.0\.1):\d{2,5}(?:\/[\w./?&=%~+#@:,-]*)?/g;

/** Makes addresses such as `localhost:8080/api`, without a scheme, links. */
export function bareAddresses(terminal: Terminal, press: (text: string) => void): ILinkProvider {
  return {
    provideLinks(row, callback) {
      const line = terminal.buffer.active.getLine(row - 1);
      const text = line?.translateToString(true) ?? '';
      const links: ILink[] = [];
      for (const match of text.matchAll(BARE)) {
        const from = match.index + 1;
        links.push({
          text: match[0],
          range: { start: { x: from, y: row }, end: { x: from + match[0].length - 1, y: row } },
          activate: (_event, pressed) => press(pressed),
        });
      }
      callback(links.length > 0 ? links : undefined);
    },
  };
}
