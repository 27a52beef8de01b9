import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import type { TerminalDown, TerminalSize, TerminalUp } from '../../machine/remote.ts';
import { OutputQueue } from './output-queue.ts';
import { terminalFont, terminalLineHeight, terminalTheme } from './palette.ts';

/**
 * A terminal and the login behind it. It knows nothing of the page, so that it can be there before it: the page takes it
 * over with all that was said and typed until then.
 */
export class TerminalScreen {
  readonly term: Terminal;
  /** What the login's programs called the terminal, if anything. */
  title: string | undefined;
  /** Folder of the shell, as far as it was told. */
  cwd: string | undefined;
  /** Status of the login's shell when it has ended. */
  exit: number | undefined;
  /** Whether the login has written anything. */
  spoken = false;
  /** Whether the visitor has typed anything. */
  touched = false;
  /** Whether something stands on it that is not to be written again. */
  begun = false;
  /** Stands before the first output, and comes with it. */
  lead = '';
  /** Called when one of these may have changed. */
  onnews: () => void = () => {};
  /** Called with what was typed. */
  ontyped: (text: string) => void = (text) => this.send(text);
  /** Called when a link was pressed. */
  onlink: (text: string) => void = () => {};
  readonly #fit = new FitAddon();
  #detach = () => {};
  #port: MessagePort | undefined;
  #isHeard = false;
  #isShown = false;
  readonly #listeners: (() => void)[] = [];

  constructor(phone: boolean, screenReader: boolean) {
    this.term = new Terminal({
      allowProposedApi: true,
      cursorBlink: false,
      fontSize: phone ? 12 : 13,
      minimumContrastRatio: 4.5,
      scrollback: 5000,
      screenReaderMode: screenReader,
      macOptionIsMeta: true,
      linkHandler: { activate: (_event, text) => this.onlink(text) },
    });
    const { term } = this;
    term.loadAddon(this.#fit);
    term.parser.registerOscHandler(52, () => true); // programs may not read or set the visitor's clipboard
    term.onData((text) => {
      this.touched = true;
      this.ontyped(text);
    });
    term.onBinary((text) => this.#sendBytes(Uint8Array.from(text, (c) => c.charCodeAt(0))));
    term.onResize((size) => this.#post({ resize: size }));
    term.onTitleChange((title) => {
      this.title = title.slice(0, 80) || this.title;
      this.onnews();
    });
  }

  /** Puts it into an element, or moves it there. @returns a function that lets go of the element's size */
  attach(element: HTMLElement): () => void {
    const { term } = this;
    this.#detach();
    if (term.element) element.append(term.element);
    else {
      term.options.fontFamily = terminalFont(element);
      term.options.lineHeight = terminalLineHeight(element, term.options.fontSize ?? 13);
      term.options.theme = terminalTheme(element);
      term.open(element);
    }
    this.fit();
    const observer = new ResizeObserver(() => this.fit());
    observer.observe(element);
    this.#detach = () => observer.disconnect();
    return this.#detach;
  }

  fit(): void {
    if (this.term.element?.offsetParent) this.#fit.fit();
  }

  get size(): TerminalSize {
    const { cols, rows } = this.term;
    return { cols, rows };
  }

  /** The login's, while there is one. */
  get port(): MessagePort | undefined {
    return this.#port;
  }

  /** Ties it to a login's port. */
  plug(port: MessagePort): void {
    if (port === this.#port) return;
    this.unplug();
    this.#port = port;
    this.exit = undefined;
    const queue = new OutputQueue(
      // Not from within xterm's own call: a write in there after a key press makes it lose what it was at.
      (bytes, shown) =>
        this.term.write(bytes, () => {
          queueMicrotask(shown);
          this.#hear();
        }),
      (ack) => this.#post({ ack }),
    );
    port.onmessage = ({ data }: MessageEvent<TerminalDown>) => {
      if (data instanceof Uint8Array) {
        this.spoken = true;
        if (this.lead !== '') this.term.write(this.lead);
        this.lead = '';
        queue.push(data);
      } else if ('flush' in data) {
        queue.flush();
        return;
      } else if ('folder' in data) this.cwd = data.folder;
      else this.exit = data.exit;
      this.onnews();
    };
    this.#post({ resize: this.size });
  }

  unplug(): void {
    this.#port?.close();
    this.#port = undefined;
  }

  /** Sends what was typed to the login. */
  send(text: string): void {
    this.#sendBytes(new TextEncoder().encode(text));
  }

  /** Resolves when something of a login is on the screen, after the frame that shows it. */
  heard(): Promise<void> {
    return this.#isShown ? Promise.resolve() : new Promise((resolve) => this.#listeners.push(resolve));
  }

  #hear(): void {
    if (this.#isHeard) return;
    this.#isHeard = true;
    requestAnimationFrame(() =>
      setTimeout(() => {
        this.#isShown = true;
        for (const listener of this.#listeners.splice(0)) listener();
      }, 20),
    );
  }

  #sendBytes(bytes: Uint8Array<ArrayBuffer>): void {
    this.#port?.postMessage(bytes, [bytes.buffer]);
  }

  #post(message: TerminalUp): void {
    this.#port?.postMessage(message);
  }
}
