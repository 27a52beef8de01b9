import { humanSize } from '../../../lib/units.ts';
import type { HttpResponse } from '../../../libc/http-client.ts';
import type { Wait } from '../../../libc/io.ts';
import type { DockerClient } from '../client.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';

/** A message of a progress stream, as far as it is shown. */
interface Message {
  status?: string;
  id?: string;
  progressDetail?: { current?: number; total?: number; units?: string; hidecounts?: boolean } | null;
  stream?: string;
  error?: string;
  errorDetail?: { code?: number; message?: string };
  aux?: unknown;
}

const BAR = 50;
/** A terminal of no known width. */
const WIDTH = 200;

/**
 * Shows a stream of progress messages: on a terminal a line an id, redrawn in place; otherwise each message of a new
 * status on a line (amounts are left out).
 * @param where `none`: nothing is shown, but errors are still thrown
 * @throws CliError with the text of the stream's error
 * @see moby pkg/jsonmessage
 */
export function* showProgress(
  cli: Cli,
  client: DockerClient,
  response: HttpResponse,
  where: 'out' | 'err' | 'none',
  aux?: (value: unknown) => void,
): Wait<void> {
  const to = where === 'err' ? cli.err : cli.out;
  const fd = where === 'err' ? 2 : 1;
  const size = cli.sys.tiocgwinsz(fd);
  const tty = typeof size !== 'number' && cli.sys.isatty(fd);
  const width = typeof size === 'number' || size.cols === 0 ? WIDTH : size.cols;
  const lines = new Map<string, number>();
  let failure: string | undefined;
  yield* client.documents(response, function* (document) {
    const m = document as Message;
    if (m.aux !== undefined) {
      aux?.(m.aux);
      return;
    }
    if (m.error !== undefined) {
      failure ??= m.errorDetail?.message ?? m.error;
      return;
    }
    if (where === 'none') return;
    if (m.stream !== undefined) {
      yield* to.write(m.stream);
      yield* to.flush();
      return;
    }
    const amount = amountText(m, width);
    if (!tty) {
      if (amount !== '') return;
      yield* to.write(`${m.id ? `${m.id}: ` : ''}${m.status ?? ''}\n`);
      yield* to.flush();
      return;
    }
    let up = 0;
    if (m.id && m.progressDetail) {
      let line = lines.get(m.id);
      if (line === undefined) {
        line = lines.size;
        lines.set(m.id, line);
        yield* to.write('\n');
      }
      up = lines.size - line;
      yield* to.write(`\x1b[${up}A`);
    } else lines.clear();
    const text = `${m.id ? `${m.id}: ` : ''}${m.status ?? ''}${amount === '' ? ' ' : ` ${amount}`}`;
    yield* to.write(m.id && m.progressDetail ? `\x1b[2K\r${text}\r\x1b[${up}B` : `${text.trimEnd()}\n`);
    yield* to.flush();
  });
  if (failure !== undefined) throw new CliError(failure);
}

/** `[====>     ]  1.2MB/3.4MB` */
function amountText(m: Message, width: number): string {
  const { current = 0, total = 0, units } = m.progressDetail ?? {};
  if (current <= 0 && total <= 0) return '';
  const amount = humanSize(current);
  if (total <= 0) return units ? `${current} ${units}` : amount.padStart(8);
  let bar = '';
  if (width > 110) {
    const done = Math.min(BAR, Math.floor((current / total) * BAR));
    const rest = BAR - done > 0 ? BAR - done - 1 : 0;
    bar = `[${'='.repeat(done)}>${' '.repeat(rest)}] `;
  }
  const both = current > total ? `${amount.padStart(8)}` : `${amount.padStart(8)}/${humanSize(total)}`;
  return bar + both;
}
