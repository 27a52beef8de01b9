import { expect, test } from 'vitest';
import { bootEngine } from '../../test/engine-bed.ts';
import { ContainerInspect, ContainerList } from '../api/container.ts';
import { Ping } from '../api/system.ts';

test('a container runs a program and gives its output and its exit code', async () => {
  const engine = await bootEngine();
  expect(await engine.call(Ping, {})).toBe('OK');
  const ran = await engine.runContainer(
    { Image: 'busybox', Cmd: ['sh', '-c', 'echo hi; echo err >&2; exit 3'] },
    'one',
  );
  expect(ran).toMatchObject({ stdout: 'hi\n', stderr: 'err\n', code: 3 });
  expect(engine.k.panics).toEqual([]);
  const [row] = await engine.call(ContainerList, { all: true });
  expect(row).toMatchObject({ Names: ['/one'], State: 'exited', Image: 'busybox' });
  const inspect = await engine.call(ContainerInspect, { id: 'one' });
  expect(inspect.State).toMatchObject({ Status: 'exited', ExitCode: 3 });
}, 60_000);
