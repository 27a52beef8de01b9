import type { HostTerminal, TerminalDown, TerminalSink, TerminalUp } from '../src/machine/remote.ts';

/** What a login writes goes to the page's port. Output bytes are transferred, not copied. */
export function terminalSink(port: MessagePort): TerminalSink {
  const say = (message: TerminalDown) => port.postMessage(message);
  return {
    output(bytes) {
      // Only a buffer that the bytes fill alone may be given away.
      const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
      port.postMessage(own, [own.buffer as ArrayBuffer]);
    },
    flush: () => say({ flush: true }),
    folder: (path) => say({ folder: path }),
    exit: (code) => say({ exit: code }),
  };
}

/** What comes over the page's port goes to a login. */
export function serveTerminal(terminal: HostTerminal, port: MessagePort): HostTerminal {
  port.onmessage = ({ data }: MessageEvent<TerminalUp>) => {
    if (data instanceof Uint8Array) terminal.write(data);
    else if ('resize' in data) terminal.resize(data.resize);
    else terminal.ack(data.ack);
  };
  return {
    ...terminal,
    close() {
      port.onmessage = null;
      port.close();
      terminal.close();
    },
  };
}
