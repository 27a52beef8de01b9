import { beforeEach, expect, test } from 'vitest';
import { bootEngine, type TestEngine } from '../../test/engine-bed.ts';
import { ContainerCreate, ContainerInspect, ContainerList, ContainerLogs, ContainerStart } from '../api/container.ts';
import { NetworkCreate, NetworkList } from '../api/network.ts';
import { VolumeCreate, VolumeList } from '../api/volume.ts';
import { decode } from '../lib/utf8.ts';

let engine: TestEngine;
beforeEach(async () => {
  engine = await bootEngine();
}, 60_000);

const start = async (name: string, more: object): Promise<void> => {
  await engine.call(ContainerCreate, { name }, { Image: 'busybox', Cmd: ['cat'], OpenStdin: true, ...more } as never);
  await engine.call(ContainerStart, { id: name });
};

// a power cut, and an end in order: then only a restart policy brings a container back
test.each([
  [9, 'running'],
  [15, 'exited'],
])('after signal %i a new engine finds everything; what ran is %s', async (signal, expected) => {
  await start('kept', { Cmd: ['sh', '-c', 'echo began; cat'] });
  await start('always', { HostConfig: { RestartPolicy: { Name: 'always' } } });
  await start('gone', { HostConfig: { AutoRemove: true } });
  await start('attached', { AttachStdin: true, AttachStdout: true });
  await engine.call(ContainerCreate, { name: 'idle' }, { Image: 'busybox', Cmd: ['true'] } as never);
  await engine.call(VolumeCreate, {}, { Name: 'data', Labels: { a: 'b' } });
  await engine.call(NetworkCreate, {}, { Name: 'net1' });
  const before = await engine.call(ContainerInspect, { id: 'kept' });
  await engine.restart(signal);
  const states = Object.fromEntries(
    (await engine.call(ContainerList, { all: true })).map((c) => [c.Names[0], c.State]),
  );
  expect(states).toEqual({ '/kept': expected, '/always': 'running', '/attached': 'exited', '/idle': 'created' });
  const after = await engine.call(ContainerInspect, { id: 'kept' });
  expect(after.Id).toBe(before.Id);
  expect(after.State.Pid).not.toBe(before.State.Pid);
  const runs = expected === 'running' ? 2 : 1;
  const log = await engine.run(function* (_, client) {
    const answer = yield* client.stream(ContainerLogs, { id: 'kept', stdout: true });
    return decode(yield* answer.readAll());
  });
  expect(log.match(/began/g)).toHaveLength(runs);
  expect((await engine.call(VolumeList, {})).Volumes[0]).toMatchObject({ Name: 'data', Labels: { a: 'b' } });
  expect((await engine.call(NetworkList, {})).map((n) => n.Name).sort()).toEqual(['bridge', 'host', 'net1', 'none']);
  expect(engine.k.panics).toEqual([]);
});
