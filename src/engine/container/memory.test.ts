import { beforeAll, expect, test } from 'vitest';
import { bootEngine, type TestEngine } from '../../../test/engine-bed.ts';
import { ContainerCreate, ContainerInspect, ContainerStart, ContainerWait } from '../../api/container.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await bootEngine();
}, 60_000);

/** Programs that would fill any memory; what a real engine says of each is exit code 137 and OOMKilled. */
const ENDLESS = [
  ['tail', '/dev/zero'],
  ['sort', '/dev/zero'],
  ['grep', 'x', '/dev/zero'],
  ['sed', 'p', '/dev/zero'],
  ['awk', '1', '/dev/zero'],
  ['sh', '-c', 'a=x; while :; do a=$a$a; done'],
  ['sh', '-c', 'a=$(yes)'],
];

test.each(ENDLESS)(
  'a limit of memory ends %s %s',
  async (...command) => {
    const body = { Image: 'busybox', Cmd: command, HostConfig: { Memory: 20 * 1024 * 1024 } };
    const { Id } = await engine.call(ContainerCreate, {}, body as never);
    await engine.call(ContainerStart, { id: Id });
    const { StatusCode } = await engine.call(ContainerWait, { id: Id });
    const { State } = await engine.call(ContainerInspect, { id: Id });
    expect([StatusCode, State.OOMKilled]).toEqual([137, true]);
  },
  30_000,
);
