import type {
  HostTerminal,
  MachineHost,
  TerminalDown,
  TerminalOptions,
  TerminalSize,
  TerminalUp,
} from '../src/machine/remote.ts';

/** Ties a login of the machine to the page's port. Output bytes are transferred, not copied. */
export function serveTerminal(
  host: MachineHost,
  size: TerminalSize,
  options: TerminalOptions,
  port: MessagePort,
): HostTerminal {
  const say = (message: TerminalDown) => port.postMessage(message);
  const terminal = host.openTerminal(size, options, {
    output(bytes) {
      // Only a buffer that the bytes fill alone may be given away.
      const own = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
      port.postMessage(own, [own.buffer as ArrayBuffer]);
    },
    flush: () => say({ flush: true }),
    folder: (path) => say({ folder: path }),
    exit: (code) => say({ exit: code }),
  });
  port.onmessage = ({ data }: MessageEvent<TerminalUp>) => {
    if (data instanceof Uint8Array) terminal.write(data);
    else if ('resize' in data) terminal.resize(data.resize);
    else terminal.ack(data.ack);
  };
  return {
    write: (bytes) => terminal.write(bytes),
    resize: (next) => terminal.resize(next),
    ack: (bytes) => terminal.ack(bytes),
    close() {
      port.onmessage = null;
      port.close();
      terminal.close();
    },
  };
}
