import type { SearchAddon } from '@xterm/addon-search';
import type { SerializeAddon } from '@xterm/addon-serialize';
import type { Terminal } from '@xterm/xterm';
import { applicationArrow, type BarKey, withCtrl } from '../../ui/index.ts';
import type { Remote } from '../machine/machine.svelte.ts';
import { copyText } from './clipboard.ts';
import { terminalTheme } from './palette.ts';
import { TerminalScreen } from './terminal-screen.ts';

type Extras = typeof import('./extras.ts');

/** Rows of scrollback that come back after a reload. */
const KEPT_ROWS = 1000;

/** One tab: a screen and, while the machine runs, a login on its host. */
export class TerminalSession {
  readonly id: string;
  readonly term: Terminal;
  title = $state('root@drydock');
  exit = $state<number>();
  bell = $state(false);
  /** Ctrl of the key bar is down for the next key. */
  ctrl = $state(false);
  /** A link that was pressed and not opened yet. */
  link = $state.raw<{ address: string; command: string | undefined }>();
  found = $state.raw<{ at: number; of: number }>();
  /** Whether the login has written anything. */
  spoken = $state(false);
  /** Whether the visitor has typed anything. */
  touched = $state(false);
  /** Folder to begin in. */
  cwd: string | undefined;
  /** Called when the tab may have something new to keep. */
  onchange: () => void = () => {};
  /** Called when a line is entered. */
  onenter: () => void = () => {};
  /** A key of the page's own, such as find. @returns whether it was one */
  onkey: (event: KeyboardEvent) => boolean = () => false;
  readonly #screen: TerminalScreen;
  /** The frame with the first output is over. */
  #shownFirst = false;
  #hasExtras = false;
  #accelerated = false;
  #disposed = false;
  #remote: Remote | undefined;
  #number: number | undefined;
  #serialize: SerializeAddon | undefined;
  #search: SearchAddon | undefined;

  /** @param screen one that is there already: what it shows and its login go on */
  constructor(id: string, phone: boolean, screenReader: boolean, screen = new TerminalScreen(phone, screenReader)) {
    this.id = id;
    this.#screen = screen;
    this.term = screen.term;
    const { term } = this;
    screen.ontyped = (text) => this.#typed(text);
    screen.onlink = (text) => this.press(text);
    screen.onnews = () => this.#follow();
    this.#follow();
    term.attachCustomKeyEventHandler((event) => this.#key(event));
    term.onBell(() => {
      this.bell = true;
    });
    void screen.heard().then(() => this.#shown());
  }

  /** Whether something stands on the screen from before the page was there. */
  get begun(): boolean {
    return this.#screen.begun;
  }

  /** Puts the screen into an element. @returns a function that lets go of the element's size */
  attach(element: HTMLElement): () => void {
    const detach = this.#screen.attach(element);
    if (this.#shownFirst) void this.#accelerate();
    return detach;
  }

  retheme(element: HTMLElement): void {
    this.term.options.theme = terminalTheme(element);
  }

  fit(): void {
    this.#screen.fit();
  }

  /** Logs in on the machine. */
  async connect(remote: Remote): Promise<void> {
    if (this.#number !== undefined) this.disconnect();
    const { size, port: plugged } = this.#screen;
    const { port, number } = remote.login(size, this.cwd === undefined ? {} : { cwd: this.cwd }, plugged);
    this.#remote = remote;
    this.#screen.plug(port);
    this.#follow();
    this.#number = await number;
  }

  /** Lets go of a login; the screen stays. */
  disconnect(): void {
    if (this.#number !== undefined) void this.#remote?.closeTerminal(this.#number).catch(() => {});
    this.#screen.unplug();
    this.#number = undefined;
    this.#remote = undefined;
  }

  /** The machine is gone: nothing can be told to it. */
  orphan(): void {
    this.#remote = undefined;
    this.disconnect();
  }

  /** Types a command, without Enter. */
  type(command: string): void {
    this.term.paste(command);
    this.term.focus();
  }

  pressKey(key: BarKey): void {
    const arrow = key.arrow !== undefined && this.term.modes.applicationCursorKeysMode;
    this.term.input(arrow ? applicationArrow(key.code) : key.code);
  }

  /** A link was pressed: it is shown, not opened. */
  press(text: string): void {
    void this.#extras().then((extras) => {
      this.link = extras.linkTarget(text);
    }, ignore);
  }

  /** Resolves when something of the login is on the screen. */
  heard(): Promise<void> {
    return this.#screen.heard();
  }

  #shown(): void {
    this.#shownFirst = true;
    void this.#extras().catch(ignore);
    if (this.term.element) void this.#accelerate();
  }

  /** What the screen knows is what the page shows. */
  #follow(): void {
    const { title, cwd, exit, spoken, touched } = this.#screen;
    if (title !== undefined) this.title = title;
    if (cwd !== undefined) this.cwd = cwd;
    if (spoken) this.spoken = true;
    if (touched) this.touched = true;
    this.exit = exit;
    this.onchange();
  }

  /** Widths of newer characters and links: most first screens have neither. */
  async #extras(): Promise<Extras> {
    const extras = await import('./extras.ts');
    if (!this.#hasExtras && !this.#disposed) {
      this.#hasExtras = true;
      extras.addExtras(this.term, (text) => this.press(text));
    }
    return extras;
  }

  /** Shows what a tab held. Wide characters of today need their widths first. */
  async show(screen: string): Promise<void> {
    if (this.begun) return;
    if (/[\u{1f000}-\u{1ffff}]/u.test(screen)) await this.#extras().catch(ignore);
    this.term.write(`${screen}\x1b[0m\r\n`);
  }

  openLink(): void {
    if (this.link) window.open(this.link.address, '_blank', 'noopener,noreferrer');
    this.link = undefined;
  }

  async find(text: string, back: boolean): Promise<void> {
    const { SearchAddon } = await import('@xterm/addon-search');
    if (!this.#search) {
      this.#search = new SearchAddon();
      this.term.loadAddon(this.#search);
      this.#search.onDidChangeResults((result) => {
        this.found = { at: result.resultIndex + 1, of: result.resultCount };
      });
    }
    const style = getComputedStyle(this.term.element!);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const decorations = {
      matchBackground: colour('--warn-wash'),
      matchOverviewRuler: colour('--warn'),
      activeMatchBackground: colour('--warn'),
      activeMatchColorOverviewRuler: colour('--accent'),
    };
    if (back) this.#search.findPrevious(text, { decorations });
    else this.#search.findNext(text, { decorations });
  }

  endFind(): void {
    this.#search?.clearDecorations();
    this.found = undefined;
    this.term.focus();
  }

  /** Whether `snapshot` has all that is on the screen. */
  get canSnapshot(): boolean {
    return this.#serialize !== undefined;
  }

  /** Makes `snapshot` possible. */
  async prepareSnapshots(): Promise<void> {
    if (this.#serialize) return;
    const { SerializeAddon } = await import('@xterm/addon-serialize');
    this.#serialize ??= new SerializeAddon();
    this.term.loadAddon(this.#serialize);
  }

  /** What the tab holds, to be written into a new one: title, folder, screen and its history. */
  snapshot(): { title: string; cwd: string | undefined; screen: string } {
    const options = { scrollback: KEPT_ROWS, excludeAltBuffer: true, excludeModes: true };
    return { title: this.title, cwd: this.cwd, screen: this.#serialize?.serialize(options) ?? '' };
  }

  dispose(): void {
    this.#disposed = true;
    this.disconnect();
    this.term.dispose();
  }

  #typed(text: string): void {
    this.touched = true;
    if (this.exit !== undefined) {
      if (text === '\r' && this.#remote) void this.connect(this.#remote);
      return;
    }
    if (text.includes('\r')) this.onenter();
    const sent = this.ctrl ? withCtrl(text) : text;
    this.ctrl = false;
    this.#screen.send(sent);
  }

  /** @returns whether xterm handles the key */
  #key(event: KeyboardEvent): boolean {
    if (event.type !== 'keydown') return true;
    if (event.key === 'F6') return false; // the page's own: it goes round the regions
    if (this.onkey(event)) {
      event.preventDefault();
      return false;
    }
    const copies =
      (event.ctrlKey && event.shiftKey && event.code === 'KeyC') || (event.ctrlKey && event.key === 'Insert');
    if (copies) {
      event.preventDefault();
      void copyText(this.term.getSelection());
      return false;
    }
    // The browser's own paste reaches xterm's text area, with and without the clipboard API.
    const pastes =
      (event.ctrlKey && event.shiftKey && event.code === 'KeyV') || (event.shiftKey && event.key === 'Insert');
    return !pastes;
  }

  /** Draws with WebGL where there is a graphics card; xterm's own drawing stays otherwise. */
  async #accelerate(): Promise<void> {
    if (this.#accelerated || !hasGraphicsCard()) return;
    this.#accelerated = true;
    try {
      const { WebglAddon } = await import('@xterm/addon-webgl');
      const addon = new WebglAddon();
      addon.onContextLoss(() => addon.dispose());
      if (this.#disposed) return;
      this.term.loadAddon(addon);
    } catch {
      // No context: the DOM renderer goes on.
    }
  }
}

/** Whether WebGL 2 is there and not done in software, which is slower than the DOM. */
function hasGraphicsCard(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2', { failIfMajorPerformanceCaveat: true });
  if (!gl) return false;
  const info = gl.getExtension('WEBGL_debug_renderer_info');
  const name = info ? String(gl.getParameter(info.UNMASKED_RENDERER_WEBGL)) : '';
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return !/swiftshader|llvmpipe|software|basic render/i.test(name);
}

/** What could not be loaded is asked for again when it is needed. */
const ignore = () => undefined;
