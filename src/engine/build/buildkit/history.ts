import type { BuildRecord } from '../../../api/build.ts';
import { UNKNOWN } from '../../../lib/grpc.ts';
import { BuildHistoryEvent, type BuildHistoryRecord } from './control-proto.ts';
import { timestamp } from './timestamps.ts';

/** Kind of an event: a build has ended. */
const COMPLETE = 1;

/** A finished build, as BuildKit's clients list it. */
export function historyEvent(record: BuildRecord): Uint8Array {
  const time = (text: string) => timestamp(Date.parse(text));
  const shown: Partial<BuildHistoryRecord> = {
    Ref: record.Ref,
    Frontend: 'dockerfile.v0',
    FrontendAttrs: new Map(Object.entries(record.FrontendAttrs ?? attributesOf(record))),
    Exporters: record.Image ? [{ Type: 'moby', Attrs: new Map() }] : [],
    CreatedAt: time(record.CreatedAt),
    CompletedAt: time(record.CompletedAt),
    ExporterResponse: new Map(Object.entries(record.ExporterResponse ?? {})),
    numCachedSteps: record.CachedSteps,
    numTotalSteps: record.TotalSteps,
    numCompletedSteps: record.CompletedSteps,
    numWarnings: record.Warnings ?? 0,
    ...(record.Error === undefined ? {} : { error: { code: UNKNOWN, message: record.Error, details: [] } }),
  };
  return BuildHistoryEvent.encode({ type: COMPLETE, record: shown as BuildHistoryRecord });
}

/** What a build that came in an archive would have been asked by. */
function attributesOf(record: BuildRecord): Record<string, string> {
  return {
    filename: record.Dockerfile,
    ...(record.Target === '' ? {} : { target: record.Target }),
    ...(record.Context === '' ? {} : { 'vcs:localdir:context': record.Context }),
    ...Object.fromEntries(Object.entries(record.BuildArgs).map(([name, value]) => [`build-arg:${name}`, value])),
  };
}

/** What conditions of a client ask of a record: `ref=…`, `status=…`, `repository=…`. */
export function recordFilter(filters: readonly string[]): (record: BuildRecord) => boolean {
  const test = (text: string) => {
    const [, name, operator, value] = /^([a-z]+)(==?|!=|~=)"?(.*?)"?$/.exec(text) ?? [];
    return (record: BuildRecord): boolean => {
      const field =
        name === 'ref'
          ? record.Ref
          : name === 'status'
            ? record.Status.toLowerCase()
            : (record.FrontendAttrs?.[name ?? ''] ?? '');
      if (operator === '!=') return field !== value;
      return operator === '~=' ? field.includes(value ?? '') : field === value;
    };
  };
  const any = filters.map((text) => text.split(',').map(test));
  return (record) => any.length === 0 || any.some((all) => all.every((check) => check(record)));
}
