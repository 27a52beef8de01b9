import type { LogLine } from '../../ui/index.ts';

const HEAD = 8;

/**
 * Cuts the engine's log stream with timestamps into lines. Without a tty the stream is multiplexed: frames of a stream
 * number, three zeroes and a length (big endian) before the bytes.
 * @param tty whether the container has a terminal: then the bytes are plain
 * @see https://docs.docker.com/reference/api/engine/version/v1.51/#tag/Container/operation/ContainerAttach, "Stream format"
 */
export function logLines(tty: boolean, take: (lines: LogLine[]) => void): (bytes: Uint8Array) => void {
  let pending = new Uint8Array(0);
  const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  const rest: Record<LogLine['stream'], string> = { stdout: '', stderr: '' };

  const text = (stream: LogLine['stream'], bytes: Uint8Array, out: LogLine[]) => {
    const lines = (rest[stream] + decoders[stream].decode(bytes, { stream: true })).split('\n');
    rest[stream] = lines.pop() ?? '';
    for (const line of lines) out.push(split(stream, line.replace(/\r$/, '')));
  };

  return (bytes) => {
    const out: LogLine[] = [];
    if (tty) text('stdout', bytes, out);
    else {
      const all = new Uint8Array(pending.length + bytes.length);
      all.set(pending);
      all.set(bytes, pending.length);
      let at = 0;
      while (at + HEAD <= all.length) {
        const length = new DataView(all.buffer, at + 4, 4).getUint32(0);
        if (at + HEAD + length > all.length) break;
        text(all[at] === 2 ? 'stderr' : 'stdout', all.subarray(at + HEAD, at + HEAD + length), out);
        at += HEAD + length;
      }
      pending = all.slice(at);
    }
    if (out.length > 0) take(out);
  };
}

/** The engine puts a time and a blank before each line. Colours and other escape sequences are left out. */
function split(stream: LogLine['stream'], line: string): LogLine {
  const match = /^(\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s.exec(line);
  const text = (match?.[2] ?? line).replace(
    /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|[\x00-\x08\x0b-\x1f\x7f]/g,
    '',
  );
  return { stream, time: match?.[1] ?? '', text };
}
