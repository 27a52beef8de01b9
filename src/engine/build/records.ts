import type { Sys } from '../../abi/sys.ts';
import type { BuildRecord, BuildStatus } from '../../api/build.ts';
import { ApiError } from '../../api/errors.ts';
import type { Wait } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { readJson, writeAtomic } from '../disk.ts';

/** Builds that are remembered at most. */
const RECORDS_MAX = 50;

/** What was built, as files of buildkit/history: REF.json has the record, REF.messages.json what was said. */
export class BuildRecords {
  readonly #dir: string;

  constructor(root: string) {
    this.#dir = `${root}/buildkit/history`;
  }

  /** All records, the newest first. */
  *list(sys: Sys): Wait<BuildRecord[]> {
    const refs = (yield* readJson<string[]>(sys, `${this.#dir}/refs.json`)) ?? [];
    const records: BuildRecord[] = [];
    for (const ref of refs) {
      const record = yield* readJson<BuildRecord>(sys, `${this.#dir}/${ref}.json`);
      if (record) records.push(record);
    }
    return records;
  }

  /** What the client was told. @throws ApiError */
  *messages(sys: Sys, ref: string): Wait<BuildStatus[]> {
    yield* this.#check(sys, ref);
    return (yield* readJson<BuildStatus[]>(sys, `${this.#dir}/${ref}.messages.json`)) ?? [];
  }

  *add(sys: Sys, record: BuildRecord, messages: readonly BuildStatus[]): Wait<void> {
    mkdirp(sys, this.#dir, 0o700);
    yield* writeAtomic(sys, `${this.#dir}/${record.Ref}.json`, JSON.stringify(record));
    yield* writeAtomic(sys, `${this.#dir}/${record.Ref}.messages.json`, JSON.stringify(messages));
    const refs = [record.Ref, ...((yield* readJson<string[]>(sys, `${this.#dir}/refs.json`)) ?? [])];
    for (const old of refs.splice(RECORDS_MAX)) this.#unlink(sys, old);
    yield* writeAtomic(sys, `${this.#dir}/refs.json`, JSON.stringify(refs));
  }

  /** @throws ApiError */
  *remove(sys: Sys, ref: string): Wait<void> {
    const refs = yield* this.#check(sys, ref);
    this.#unlink(sys, ref);
    yield* writeAtomic(sys, `${this.#dir}/refs.json`, JSON.stringify(refs.filter((r) => r !== ref)));
  }

  *#check(sys: Sys, ref: string): Wait<string[]> {
    const refs = (yield* readJson<string[]>(sys, `${this.#dir}/refs.json`)) ?? [];
    if (!refs.includes(ref)) throw new ApiError('not-found', `no record found for ref "${ref}"`);
    return refs;
  }

  #unlink(sys: Sys, ref: string): void {
    sys.unlink(`${this.#dir}/${ref}.json`);
    sys.unlink(`${this.#dir}/${ref}.messages.json`);
  }
}

/** Follows a build and makes its record. */
export class Recorder {
  readonly messages: BuildStatus[] = [];
  readonly #steps = new Map<string, { completed: boolean; cached: boolean }>();

  note(status: BuildStatus): void {
    this.messages.push(status);
    for (const vertex of status.vertexes ?? [])
      this.#steps.set(vertex.id, {
        completed: vertex.completed !== undefined && vertex.error === undefined,
        cached: vertex.cached === true,
      });
  }

  counts(): Pick<BuildRecord, 'TotalSteps' | 'CompletedSteps' | 'CachedSteps'> {
    const steps = [...this.#steps.values()];
    return {
      TotalSteps: steps.length,
      CompletedSteps: steps.filter((step) => step.completed).length,
      CachedSteps: steps.filter((step) => step.cached).length,
    };
  }

  /** Images that steps were shown to begin with: `FROM docker.io/library/busybox:latest@sha256:…`. */
  materials(): BuildRecord['Materials'] {
    const found = new Map<string, string>();
    for (const { vertexes } of this.messages)
      for (const { name } of vertexes ?? []) {
        const m = /(?:^|\] )FROM ([^\s@]+?)(?:@(sha256:[0-9a-f]{64}))?$/.exec(name);
        if (!m) continue;
        const short = m[1]!.replace(/^docker\.io\/(?:library\/)?/, '').replace(/:([^/:]+)$/, '@$1');
        found.set(`pkg:docker/${short}?platform=linux%2Famd64`, m[2] ?? '');
      }
    return [...found].map(([URI, Digest]) => ({ URI, Digest }));
  }
}
