import type { HostStream } from '../kernel/index.ts';
import type { ConnectionSink, HostConnection } from './remote.ts';

/** Bytes that are read at once. */
const PIECE = 65536;

/** Carries a stream of the machine to callbacks. @param stream or the -errno of its connect */
export function hostConnection(stream: HostStream | number, sink: ConnectionSink): HostConnection {
  if (typeof stream === 'number') {
    sink.close(-stream);
    return { write() {}, end() {}, destroy() {} };
  }
  const waiting: Uint8Array[] = [];
  let ending = false;
  let ended = false;
  let over = false;

  const close = (errno: number) => {
    if (over) return;
    over = true;
    stream.destroy();
    sink.close(errno);
  };
  const up = () => {
    while (waiting.length > 0 && !over) {
      const first = waiting[0]!;
      const n = stream.write(first);
      if (n < 0) {
        close(-n);
        return;
      }
      if (n < first.length) {
        waiting[0] = first.subarray(n);
        return;
      }
      waiting.shift();
    }
    if (ending && !over) stream.end();
  };
  const down = () => {
    while (!over && !ended) {
      const bytes = stream.read(PIECE);
      if (bytes === undefined) return;
      if (typeof bytes === 'number') {
        close(-bytes);
        return;
      }
      if (bytes.length === 0) {
        ended = true;
        sink.end();
        if (ending) close(0);
        return;
      }
      sink.data(bytes);
    }
  };
  stream.onReadable = down;
  stream.onWritable = up;
  stream.onError = close;
  return {
    write(bytes) {
      waiting.push(bytes);
      up();
    },
    end() {
      ending = true;
      up();
      if (ended) close(0);
    },
    destroy() {
      if (over) return;
      over = true;
      stream.destroy();
    },
  };
}
