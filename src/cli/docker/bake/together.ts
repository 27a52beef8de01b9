import { CLOCK_MONOTONIC } from '../../../abi/flags.ts';
import type { Sys } from '../../../abi/sys.ts';
import type { BuildStatus } from '../../../api/build.ts';
import type { Wait } from '../../../libc/io.ts';
import { Channel } from '../../../libc/sync.ts';
import type { BuildRequest } from '../build/request.ts';
import { type BuildOutcome, runBuild } from '../build/run.ts';
import type { Cli } from '../command.ts';
import { clientOf } from '../context/store.ts';
import type { BuildProgress, BuildWarning } from '../stream/build-progress.ts';
import { CANCELED } from '../stream/build-progress.ts';
import { TargetProgress } from './progress.ts';

/** One of several builds that go on at the same time. */
export interface TargetBuild {
  name: string;
  /** Targets that are to be done first. */
  after: readonly string[];
  /** What to build, once those are done. */
  request(): BuildRequest;
}

/** What a thread tells the one that shows. */
type News =
  | { name: string; status: BuildStatus }
  | { name: string; warnings: readonly BuildWarning[] }
  | { name: string; warn: string }
  | { name: string; outcome: BuildOutcome }
  | { name: string; failure: unknown };

/** A build that failed, and whose it was. */
export interface TargetFailure {
  name: string;
  error: unknown;
}

/**
 * Does builds at the same time, each in a thread with a connection of its own; all are shown in one picture.
 * @param done hears of each that is done
 * @param warnings takes what is to be said at the end
 * @returns the first that failed: the others are left
 */
export function* buildTogether(
  cli: Cli,
  builds: readonly TargetBuild[],
  progress: BuildProgress,
  done: (name: string, outcome: BuildOutcome) => void,
  warnings: BuildWarning[],
): Wait<TargetFailure | undefined> {
  const news = new Channel<News>();
  const begun = cli.sys.now(CLOCK_MONOTONIC);
  const shown = new Map(builds.map(({ name }) => [name, new TargetProgress(progress, name, builds.length > 1)]));
  const waiting = new Set(builds);
  const ended = new Set<string>();
  const startReady = (): void => {
    for (const build of waiting) {
      if (!build.after.every((name) => ended.has(name))) continue;
      waiting.delete(build);
      start(cli, build, news);
    }
  };
  startReady();
  while (ended.size < builds.length) {
    const item = yield* news.receive(cli.sys);
    if (!item) break;
    const own = shown.get(item.name)!;
    if ('status' in item) yield* own.show(item.status);
    else if ('warn' in item) yield* cli.warn(item.warn);
    else if ('warnings' in item) warnings.push(...item.warnings);
    else if ('outcome' in item) {
      ended.add(item.name);
      done(item.name, item.outcome);
      startReady();
    } else {
      const at = cli.sys.now(CLOCK_MONOTONIC) - begun;
      for (const other of shown.values()) if (other !== own) yield* other.breakOff(at, CANCELED);
      return { name: item.name, error: item.failure };
    }
  }
  return undefined;
}

function start(cli: Cli, build: TargetBuild, news: Channel<News>): void {
  const { name } = build;
  const request = build.request();
  cli.sys.thread(function* (sys) {
    try {
      const outcome = yield* runBuild(threadCli(cli, sys, name, news), request, reporter(sys, name, news));
      news.offer(sys, { name, outcome });
    } catch (failure) {
      news.offer(sys, { name, failure });
    }
    return 0;
  });
}

/** The command as a thread has it: its own connection; what it says is said by the one that shows. */
function threadCli(cli: Cli, sys: Sys, name: string, news: Channel<News>): Cli {
  const own: Cli = {
    ...cli,
    sys,
    *client() {
      return yield* clientOf(own);
    },
    *warn(warn) {
      news.offer(sys, { name, warn });
    },
  };
  return own;
}

const reporter = (sys: Sys, name: string, news: Channel<News>): BuildProgress => ({
  *begin() {},
  *show(status) {
    news.offer(sys, { name, status });
  },
  *end(warnings) {
    news.offer(sys, { name, warnings });
  },
});
