import { O_CLOEXEC, O_RDONLY } from '../../abi/flags.ts';
import type { Sys } from '../../abi/sys.ts';
import { shellStatus, WaitResult } from '../../abi/wait.ts';
import type { TopAnswer } from '../../api/container.ts';
import { ApiError } from '../../api/errors.ts';
import { decode } from '../../lib/utf8.ts';
import { open, readAll, spawn, type Wait, waitpid } from '../../libc/io.ts';
import { searchPath } from '../../libc/paths.ts';
import type { Daemon } from '../daemon.ts';
import { cgroupPids } from '../runtime/cgroup.ts';
import { makePipe } from '../runtime/runtime.ts';
import type { Container } from './container.ts';
import { logEvent } from './log-event.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The processes of a container as the host's ps shows them. @param args of ps; '' is -ef. @throws ApiError */
export function* topContainer(sys: Sys, daemon: Daemon, c: Container, args: string): Wait<TopAnswer> {
  const words = (args === '' ? '-ef' : args).split(' ').filter((w) => w !== '');
  for (const word of words)
    if (/\bpid=/i.test(word)) throw new ApiError('invalid-parameter', `specifying "${word}" is not allowed`);
  if (!c.state.Running || !c.task) throw new ApiError('conflict', `container ${c.id} is not running`);
  if (c.state.Restarting)
    throw new ApiError('conflict', `Container ${c.id} is restarting, wait until the container is running`);
  const pids = new Set(yield* cgroupPids(sys, c.task.cgroup));
  logEvent(sys, daemon, c, 'top');
  return parse(yield* runPs(sys, words), pids);
}

function* runPs(sys: Sys, words: readonly string[]): Wait<string> {
  const path = searchPath(sys, 'ps', PATH);
  if (path === undefined) throw new ApiError('internal', 'exec: "ps": executable file not found in $PATH');
  const [out, childOut] = makePipe(sys);
  const [err, childErr] = makePipe(sys);
  const nothing = yield* open(sys, '/dev/null', O_RDONLY | O_CLOEXEC);
  const pid = yield* spawn(sys, path, ['ps', ...words], [`PATH=${PATH}`], {
    dup2: [
      [nothing, 0],
      [childOut, 1],
      [childErr, 2],
    ],
  });
  for (const fd of [nothing, childOut, childErr]) sys.close(fd);
  const text = yield* readAll(sys, out);
  const words2 = yield* readAll(sys, err);
  sys.close(out);
  sys.close(err);
  const result = new WaitResult();
  if (pid > 0) yield* waitpid(sys, pid, 0, result);
  if (pid < 0 || shellStatus(result.status) !== 0) {
    // the first line says what is wrong, the others how to use it
    const said = typeof words2 === 'number' ? '' : decode(words2).trim().split('\n')[0]!;
    throw new ApiError('internal', `ps: ${said === '' ? `exit status ${shellStatus(result.status)}` : said}`);
  }
  return typeof text === 'number' ? '' : decode(text);
}

/** Cuts the output of ps into columns and keeps the rows of some processes. */
function parse(text: string, pids: ReadonlySet<number>): TopAnswer {
  const lines = text.split('\n');
  const titles = fields(lines[0] ?? '');
  const column = titles.indexOf('PID');
  if (column < 0) throw new ApiError('internal', "Couldn't find PID field in ps output");
  const rows: string[][] = [];
  for (const line of lines.slice(1)) {
    const parts = fields(line);
    if (parts.length === 0 || !pids.has(Number(parts[column]))) continue;
    const last = titles.length - 1;
    rows.push([...parts.slice(0, last), parts.slice(last).join(' ')]);
  }
  return { Processes: rows, Titles: titles };
}

const fields = (line: string): string[] => line.split(/\s+/).filter((f) => f !== '');
