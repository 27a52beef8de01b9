import type { LogOptions } from '../../api/container.ts';
import { ApiError } from '../../api/errors.ts';
import { FRAME_HEAD, frameHead, MULTIPLEXED, RAW, STDERR, STDOUT } from '../../api/frames.ts';
import { type Instant, parseTimestamp } from '../../lib/go-time.ts';
import { quote } from '../../lib/quote.ts';
import { encodeInto } from '../../lib/utf8.ts';
import type { Wait } from '../../libc/io.ts';
import { logReader } from '../logs/open.ts';
import { fixedTime, type LogReader, type Row } from '../logs/read.ts';
import type { Call } from '../server/call.ts';
import type { Container } from './container.ts';

/** Answers with a container's log. @throws ApiError */
export function* sendLogs(call: Call, c: Container, o: LogOptions): Wait<void> {
  if (!o.stdout && !o.stderr)
    throw new ApiError('invalid-parameter', 'Bad parameters: you must choose at least one stream');
  const since = instantOf(o.since);
  const until = instantOf(o.until);
  const tty = c.config.Tty;
  const reader = logReader(c, {
    tail: tailOf(o.tail),
    since,
    until,
    stdout: o.stdout ?? false,
    stderr: o.stderr ?? false,
  });
  const stream = yield* call.stream(!call.since('1.42') || tty ? RAW : MULTIPLEXED);
  const emit = (rows: Row[]): Wait<boolean> => stream.write(formatRows(rows, o, tty));
  try {
    const going = yield* reader.start(call.sys, emit);
    if (going && o.follow) yield* follow(call, c, reader, emit, () => stream.gone);
  } finally {
    reader.close(call.sys);
  }
}

/** Goes on as long as the container runs and the client listens. */
function* follow(
  call: Call,
  c: Container,
  reader: LogReader,
  emit: (rows: Row[]) => Wait<boolean>,
  gone: () => boolean,
): Wait<void> {
  const { sys, daemon } = call;
  const grown = daemon.logged(c);
  let hungUp = false;
  const fd = call.connection.fd;
  yield* daemon.hangups.watch(sys, fd, () => {
    hungUp = true;
    grown.notify(sys);
  });
  try {
    while (c.state.Running && !c.removed && !reader.ended && !hungUp && !gone()) {
      yield* grown.wait(sys);
      if (!(yield* reader.next(sys, emit))) return;
    }
    yield* reader.next(sys, emit);
  } finally {
    yield* daemon.hangups.unwatch(sys, fd);
  }
}

function instantOf(text: string | undefined): Instant | undefined {
  if (text === undefined || text === '' || text === '0') return undefined;
  const instant = parseTimestamp(text);
  if (!instant)
    throw new ApiError('internal', `strconv.ParseInt: parsing ${quote(text.split('.')[0]!)}: invalid syntax`);
  return instant;
}

/** `all` and what is no number mean all. */
const tailOf = (text: string | undefined): number => (text !== undefined && /^\d+$/.test(text) ? Number(text) : -1);

/** Rows as the client gets them: frames, or (of a terminal) as they are. */
function formatRows(rows: readonly Row[], o: LogOptions, tty: boolean): Uint8Array {
  let out = new Uint8Array(rows.reduce((n, row) => n + 48 + row.text.length, 0));
  let used = 0;
  for (const row of rows) {
    const time = o.timestamps ? `${fixedTime(row.time)} ` : '';
    const details = o.details ? `${detailsOf(row)} ` : '';
    const text = time + details + row.text;
    const most = used + FRAME_HEAD + text.length * 3;
    if (most > out.length) {
      const grown = new Uint8Array(most * 2);
      grown.set(out.subarray(0, used));
      out = grown;
    }
    const start = tty ? used : used + FRAME_HEAD;
    const end = encodeInto(text, out, start);
    if (!tty) frameHead(out, used, row.stream === 'stderr' ? STDERR : STDOUT, end - start);
    used = end;
  }
  return out.subarray(0, used);
}

/** Go's url.QueryEscape. */
const queryEscape = (text: string): string =>
  encodeURIComponent(text)
    .replaceAll('%20', '+')
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const detailsOf = (row: Row): string =>
  Object.keys(row.attrs ?? {})
    .sort()
    .map((name) => `${queryEscape(name)}=${queryEscape(row.attrs![name]!)}`)
    .join(',');
