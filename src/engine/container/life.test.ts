import { beforeAll, expect, test } from 'vitest';
import { bootEngine, type TestEngine } from '../../../test/engine-bed.ts';
import {
  ContainerCreate,
  ContainerInspect,
  ContainerKill,
  ContainerList,
  ContainerPause,
  ContainerRemove,
  ContainerRename,
  ContainerRestart,
  ContainerStart,
  ContainerStop,
  ContainerUnpause,
  ContainerUpdate,
  ContainerWait,
} from '../../api/container.ts';
import { ApiError } from '../../api/errors.ts';
import { sleep } from '../../libc/io.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await bootEngine();
}, 60_000);

const SLEEPER = { Image: 'busybox', Cmd: ['cat'], OpenStdin: true };

async function failure(call: Promise<unknown>): Promise<[number, string]> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiError) return [error.status, error.message.replace(/[0-9a-f]{64}/g, 'ID')];
    throw error;
  }
  return [200, ''];
}

const make = async (name: string, more: object = {}): Promise<string> =>
  (await engine.call(ContainerCreate, { name }, { ...SLEEPER, ...more } as never)).Id;
const state = async (id: string) => (await engine.call(ContainerInspect, { id })).State;

test('created, running, paused, exited', async () => {
  const id = await make('life');
  expect((await state(id)).Status).toBe('created');
  await engine.call(ContainerStart, { id });
  expect(await state('life')).toMatchObject({ Status: 'running', Running: true, ExitCode: 0 });
  await engine.call(ContainerPause, { id });
  expect((await state(id)).Status).toBe('paused');
  await engine.call(ContainerUnpause, { id });
  await engine.call(ContainerKill, { id });
  expect(await engine.call(ContainerWait, { id })).toEqual({ StatusCode: 137 });
  expect(await state(id.slice(0, 6))).toMatchObject({ Status: 'exited', Pid: 0, ExitCode: 137 });
  await engine.call(ContainerRemove, { id });
  expect(await failure(engine.call(ContainerInspect, { id: 'life' }))).toEqual([404, 'No such container: life']);
});

test('stop sends the signal, and kills what does not end', async () => {
  await make('polite', { Cmd: ['sh', '-c', 'trap "exit 7" TERM; while :; do sleep 1; done'] });
  await engine.call(ContainerStart, { id: 'polite' });
  await engine.call(ContainerStop, { id: 'polite' });
  expect((await state('polite')).ExitCode).toBe(7);
  await make('deaf', { Cmd: ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'] });
  await engine.call(ContainerStart, { id: 'deaf' });
  await engine.call(ContainerStop, { id: 'deaf', t: 1 });
  expect((await state('deaf')).ExitCode).toBe(137);
  expect(await failure(engine.call(ContainerStop, { id: 'deaf' }))).toEqual([304, '']);
  await engine.call(ContainerRestart, { id: 'deaf', t: 0 });
  expect((await state('deaf')).Running).toBe(true);
  await engine.call(ContainerRemove, { id: 'deaf', force: true });
});

test('a restart policy starts it again, with longer and longer pauses', async () => {
  await make('again', { Cmd: ['false'], HostConfig: { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } } });
  await engine.call(ContainerStart, { id: 'again' });
  await engine.run(function* (sys) {
    yield* sleep(sys, 5000);
  });
  const inspect = await engine.call(ContainerInspect, { id: 'again' });
  expect(inspect).toMatchObject({ RestartCount: 2, State: { Status: 'exited', ExitCode: 1 } });
});

test('names are unique, can be changed, and have rules', async () => {
  const id = await make('first');
  expect(await failure(make('first'))).toEqual([
    409,
    'Conflict. The container name "/first" is already in use by container "ID". You have to remove (or rename) that container to be able to reuse that name.',
  ]);
  expect(await failure(make('no way'))).toEqual([
    400,
    'Invalid container name (no way), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed',
  ]);
  await engine.call(ContainerRename, { id: 'first', name: 'second' });
  expect((await engine.call(ContainerInspect, { id: 'second' })).Id).toBe(id);
  const { Id } = await engine.call(ContainerCreate, {}, SLEEPER as never);
  expect((await engine.call(ContainerInspect, { id: Id })).Name).toMatch(/^\/[a-z]+_[a-z]+$/);
});

test('an update of the limits shows in the settings', async () => {
  await make('limited');
  await engine.call(ContainerUpdate, { id: 'limited' }, {
    Memory: 64 * 2 ** 20,
    MemorySwap: -1,
    PidsLimit: 20,
  } as never);
  const { HostConfig } = await engine.call(ContainerInspect, { id: 'limited' });
  expect([HostConfig.Memory, HostConfig.PidsLimit]).toEqual([64 * 2 ** 20, 20]);
});

test('the list is filtered, newest first', async () => {
  await make('tag1', { Labels: { job: 'x' } });
  await make('tag2', { Labels: { job: 'x', more: 'y' } });
  const names = async (filters: Record<string, string[]>) =>
    (await engine.call(ContainerList, { all: true, filters })).map((c) => c.Names[0]);
  expect(await names({ label: ['job=x'] })).toEqual(['/tag2', '/tag1']);
  expect(await names({ label: ['job', 'more=y'] })).toEqual(['/tag2']);
  expect(await names({ name: ['^tag1$'] })).toEqual(['/tag1']);
  expect(await failure(names({ colour: ['red'] }))).toEqual([400, "invalid filter 'colour'"]);
});

test.each([
  [['nosuchcommand'], 127, 'exec: "nosuchcommand": executable file not found in $PATH: unknown'],
  [['/etc'], 126, 'exec: "/etc": is a directory: unknown: permission denied'],
  [['/etc/passwd'], 126, 'exec: "/etc/passwd": permission denied: unknown'],
  [['./relative'], 127, 'exec: "./relative": stat ./relative: no such file or directory: unknown'],
])('%s does not start: exit code %i', async (Cmd, code, words) => {
  const { Id } = await engine.call(ContainerCreate, {}, { Image: 'busybox', Cmd } as never);
  const [status, message] = await failure(engine.call(ContainerStart, { id: Id }));
  expect(status).toBe(400);
  expect(message).toBe(
    `failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${words}`,
  );
  expect(await state(Id)).toMatchObject({ Status: 'created', ExitCode: code });
});

test('nothing of the engine broke', () => {
  expect(engine.k.panics).toEqual([]);
});
