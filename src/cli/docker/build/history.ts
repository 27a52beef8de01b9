import type { BuildRecord } from '../../../api/build.ts';
import type { Wait } from '../../../libc/io.ts';
import type { Cli } from '../command.ts';
import { CliError } from '../errors.ts';

/** The records of builds, the newest first. */
export function* buildRecords(cli: Cli): Wait<BuildRecord[]> {
  const client = yield* cli.client();
  return yield* client.json<BuildRecord[]>('GET', '/build/history');
}

/** Finds a record: by its reference, `^N` for the Nth before the last, or the last. @throws CliError */
export function* findRecord(cli: Cli, given: string | undefined): Wait<BuildRecord> {
  const records = yield* buildRecords(cli);
  const ref = given?.replace(/^.*\//, '');
  const back = /^\^(\d*)$/.exec(ref ?? '^0');
  const record = back ? records[Number(back[1] || 1)] : records.find((r) => r.Ref === ref);
  if (record) return record;
  throw new CliError(ref === undefined ? 'ERROR: no records found' : `ERROR: no record found for ref "${given}"`);
}

/** `0.1s`, `1m 5s`: how long a build took. */
export function durationOf(record: BuildRecord): string {
  const ms = Date.parse(record.CompletedAt) - Date.parse(record.CreatedAt);
  const seconds = ms / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)}s`;
  return `${Math.floor(seconds / 60)}m ${Math.floor(seconds % 60)}s`;
}
