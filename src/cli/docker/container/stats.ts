import type { Sys } from '../../../abi/sys.ts';
import { sleep, type Wait } from '../../../libc/io.ts';
import { type DockerClient, segment } from '../client.ts';
import { type Cli, command } from '../command.ts';
import { CliError, messageOf } from '../errors.ts';
import type { Flags } from '../flags/parse.ts';
import type { ContainerSummary } from '../format/container.ts';
import { formatRows } from '../format/formatter.ts';
import { STATS, type StatsAnswer, type StatsEntry, statsFormat, statsRow } from '../format/stats.ts';
import { Background } from '../stream/background.ts';

/** Milliseconds between two pictures. */
const REFRESH = 500;

/** A container that is watched by a thread of its own. */
interface Watched extends StatsEntry {
  error: string | undefined;
  ended: boolean;
}

export default command(function* (cli, flags, names) {
  const format = statsFormat(flags.text('format') || (cli.config.file.statsFormat ?? 'table'));
  if (names.length > 0 && flags.bool('all')) yield* cli.warn('WARNING: Ignoring --all, because containers are given.');
  const client = yield* cli.client();
  if (flags.bool('no-stream')) return yield* once(cli, client, flags, names, format);
  const watched = new Map<string, Watched>();
  for (;;) {
    const wanted = names.length > 0 ? names : yield* running(client, flags.bool('all'));
    for (const name of wanted) if (!watched.has(name)) watched.set(name, watch(cli.sys, client, name));
    for (const [name, entry] of watched) if (entry.ended && !wanted.includes(name)) watched.delete(name);
    const missing = [...watched.values()].map((w) => w.error).filter((e) => e !== undefined);
    if (names.length > 0 && missing.length > 0) throw new CliError(missing.join('\n'));
    const text = formatRows(
      format,
      STATS,
      [...watched.values()].map((w) => statsRow(w, !flags.bool('no-trunc'))),
    );
    const lines = text.split('\n').map((line) => `${line} \x1b[K\n`);
    yield* cli.out.write(`\x1b[H${lines.join('')}\x1b[J`);
    yield* cli.out.flush();
    if (names.length > 0 && [...watched.values()].every((w) => w.ended)) return 0;
    yield* sleep(cli.sys, REFRESH);
  }
});

function* running(client: DockerClient, all: boolean): Wait<string[]> {
  const list = yield* client.json<ContainerSummary[]>('GET', '/containers/json', { query: { all: all || undefined } });
  return list.map((c) => c.Id.slice(0, 12));
}

/** `--no-stream`: one reading of each, all at the same time. */
function* once(cli: Cli, client: DockerClient, flags: Flags, names: string[], format: string): Wait<number> {
  const wanted = names.length > 0 ? names : yield* running(client, flags.bool('all'));
  const readings = wanted.map(
    (name) =>
      new Background(cli.sys, function* (own): Wait<StatsEntry> {
        const answer = yield* client
          .clone(own)
          .json<StatsAnswer>('GET', `/containers/${segment(name)}/stats`, { query: { stream: false } });
        return entryOf(name, answer);
      }),
  );
  const entries: StatsEntry[] = [];
  const errors: string[] = [];
  for (const reading of readings) {
    try {
      entries.push(yield* reading.join(cli.sys));
    } catch (error) {
      errors.push(messageOf(error));
    }
  }
  if (errors.length > 0) throw new CliError(errors.join('\n'));
  yield* cli.out.write(
    formatRows(
      format,
      STATS,
      entries.map((e) => statsRow(e, !flags.bool('no-trunc'))),
    ),
  );
  return 0;
}

const entryOf = (container: string, answer: StatsAnswer): StatsEntry => ({
  container,
  id: answer.id ?? container,
  name: answer.name ?? '',
  answer,
});

function watch(sys: Sys, client: DockerClient, name: string): Watched {
  const entry: Watched = { container: name, id: name, name: '', answer: undefined, error: undefined, ended: false };
  new Background(sys, function* (own): Wait<void> {
    const side = client.clone(own);
    try {
      const response = yield* side.call('GET', `/containers/${segment(name)}/stats`, { query: { stream: true } });
      yield* side.documents(response, function* (document) {
        Object.assign(entry, entryOf(name, document as unknown as StatsAnswer));
      });
    } catch (error) {
      entry.error = messageOf(error);
    }
    entry.answer = undefined;
    entry.ended = true;
  });
  return entry;
}
