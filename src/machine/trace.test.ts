import { expect, test } from 'vitest';
import { bootTestKernel } from '../../test/kernel-harness.ts';
import { CLONE_NEWUTS, O_RDONLY } from '../abi/flags.ts';
import type { Entry } from '../abi/sys.ts';
import { WaitResult } from '../abi/wait.ts';
import { execve, read, waitpid, writeAll } from '../libc/io.ts';
import { type TraceScope, traceCalls } from './trace.ts';

const hello: Entry = function* (sys) {
  yield* writeAll(sys, 1, 'hi\n');
  return 0;
};

/** A parent that reads what its child, another program by then, writes into a pipe. */
const parent: Entry = function* (sys) {
  sys.prctl('name', 'parent');
  const ends = [0, 0];
  sys.pipe2(ends);
  const [reader = -1, writer = -1] = ends;
  const pid = sys.fork(function* (own) {
    own.unshare(CLONE_NEWUTS);
    own.dup2(writer, 1);
    yield* execve(own, '/bin/hello', ['hello'], ['A=b']);
    return 1;
  });
  sys.close(writer);
  sys.open('/nothing', O_RDONLY);
  yield* read(sys, reader, new Uint8Array(100));
  yield* waitpid(sys, pid, 0, new WaitResult());
  return 0;
};

async function traceOf(scope: TraceScope): Promise<string[]> {
  const k = await bootTestKernel({ programs: { hello } });
  const lines: string[] = [];
  const end = traceCalls(k.kernel, scope, ({ program, call, args, result }) =>
    lines.push(`${program} ${call}(${args.replace(/pipe:\[\d+\]/, 'pipe')}) ${result}`.replace(/\d+(, status)/, 'N$1')),
  );
  await k.run(parent);
  end();
  await k.run('/bin/hello');
  return lines.filter((line) => !line.startsWith('init ')).map((line) => line.replace(/ \d{2,}$| [3-9]$/, ' N'));
}

test('the way: what connects processes, each once when it is done', async () => {
  expect(await traceOf('way')).toEqual([
    'parent fork() N',
    'parent unshare(CLONE_NEWUTS) 0',
    'parent execve("/bin/hello", ["hello"]) ',
    'hello write(1<pipe>, "hi\\n") N',
    'parent read(3<pipe>, "hi\\n") N',
    'parent waitpid(N, status 0) N',
  ]);
});

test('all calls, with names of errors', async () => {
  const lines = await traceOf('all');
  expect(lines).toContain('parent open("/nothing", 0) -ENOENT');
  expect(lines.filter((line) => line.includes('read('))).toHaveLength(1);
});
