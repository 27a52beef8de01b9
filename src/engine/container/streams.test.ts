import { beforeAll, expect, test } from 'vitest';
import { bootEngine, type TestEngine } from '../../../test/engine-bed.ts';
import {
  ContainerAttach,
  ContainerCreate,
  ContainerInspect,
  ContainerLogs,
  ContainerRemove,
  ContainerResize,
  ContainerStart,
  ContainerWait,
} from '../../api/container.ts';
import { ExecCreate, ExecInspect, ExecStart } from '../../api/exec.ts';
import { FrameReader } from '../../api/frames.ts';
import { SystemEvents } from '../../api/system.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { sleep } from '../../libc/io.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await bootEngine();
}, 60_000);

async function start(name: string, more: object): Promise<void> {
  await engine.call(ContainerCreate, { name }, { Image: 'busybox', ...more } as never);
  await engine.call(ContainerStart, { id: name });
}

/** What a log has, `1:` and `2:` before what came on each stream. */
const logs = (id: string, more: object): Promise<string> =>
  engine.run(function* (_, client) {
    const answer = yield* client.stream(ContainerLogs, { id, stdout: true, stderr: true, ...more });
    return new FrameReader()
      .push(yield* answer.readAll())
      .map((part) => `${part.stream}:${decode(part.bytes)}`)
      .join('');
  });

test('the log keeps both streams; tail, since and follow', async () => {
  await start('talk', { Cmd: ['sh', '-c', 'echo one; sleep 1; echo two >&2; sleep 1; printf three'] });
  expect(await logs('talk', { follow: true })).toBe('1:one\n2:two\n1:three');
  expect(await logs('talk', { tail: '2' })).toBe('2:two\n1:three');
  expect(await logs('talk', { stderr: false })).toBe('1:one\n1:three');
  const stamped = await logs('talk', { timestamps: true, tail: '1' });
  expect(stamped).toMatch(/^1:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z three$/);
  const { StartedAt } = (await engine.call(ContainerInspect, { id: 'talk' })).State;
  const second = Math.floor(Date.parse(StartedAt) / 1000) + 1;
  expect(await logs('talk', { since: `${second}.500000000` })).toBe('1:three');
});

test('a log is cut into files', async () => {
  const LogConfig = { Type: 'json-file', Config: { 'max-size': '1k', 'max-file': '2' } };
  await start('long', {
    Cmd: ['sh', '-c', 'i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo line $i; done'],
    HostConfig: { LogConfig },
  });
  await engine.call(ContainerWait, { id: 'long' });
  const all = await logs('long', {});
  expect(all).toContain('line 60\n');
  expect(all).not.toContain('line 1\n');
});

test('input goes to the container and its end ends it', async () => {
  const ran = await engine.runContainer(
    { Image: 'busybox', Cmd: ['tr', 'a-z', 'A-Z'], OpenStdin: true, StdinOnce: true },
    'upper',
    'shout this\n',
  );
  expect(ran).toMatchObject({ stdout: 'SHOUT THIS\n', code: 0 });
});

test('a terminal is one, has its size, and is left by the detach keys', async () => {
  await start('term', { Cmd: ['sh'], Tty: true, OpenStdin: true });
  await engine.call(ContainerResize, { id: 'term', h: '33', w: '99' });
  const seen = await engine.run(function* (sys, client) {
    const raw = yield* client.hijack(ContainerAttach, { id: 'term', stream: true, stdin: true, stdout: true });
    yield* raw.write(encode('tty\r'));
    let text = '';
    while (!text.includes('/dev/pts/0\r\n')) text += decode((yield* raw.read()) ?? encode('END/dev/pts/0\r\n'));
    yield* raw.write(new Uint8Array([16, 17]));
    while ((yield* raw.read()) !== undefined) yield* sleep(sys, 1);
    raw.close();
    return text;
  });
  expect(seen).not.toContain('END');
  expect((await engine.call(ContainerInspect, { id: 'term' })).State.Running).toBe(true);
  await engine.call(ContainerRemove, { id: 'term', force: true });
});

test('exec runs beside, with its own environment, user and exit code', async () => {
  await start('box', { Cmd: ['cat'], OpenStdin: true, Env: ['COLOR=red'] });
  const exec = (body: object): Promise<[string, number | null]> =>
    engine.run(function* (_, client) {
      const { Id } = yield* client.call(ExecCreate, { id: 'box' }, { AttachStdout: true, AttachStderr: true, ...body });
      const raw = yield* client.hijack(ExecStart, { id: Id }, {});
      const frames = new FrameReader();
      let text = '';
      for (let bytes; (bytes = yield* raw.read()) !== undefined; )
        text += frames
          .push(bytes)
          .map((part) => decode(part.bytes))
          .join('');
      raw.close();
      return [text, (yield* client.call(ExecInspect, { id: Id })).ExitCode];
    });
  expect(await exec({ Cmd: ['sh', '-c', 'echo $COLOR; exit 5'] })).toEqual(['red\n', 5]);
  expect(await exec({ Cmd: ['id', '-u'], User: 'nobody' })).toEqual(['65534\n', 0]);
  expect(await exec({ Cmd: ['pwd'], WorkingDir: '/etc' })).toEqual(['/etc\n', 0]);
  expect(await exec({ Cmd: ['nosuch'] })).toEqual([
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "nosuch": executable file not found in $PATH: unknown\r\n',
    127,
  ]);
});

test('a health check turns healthy and unhealthy', async () => {
  const Healthcheck = { Test: ['CMD-SHELL', 'test -e /sick && exit 1; echo fine'], Interval: 1e9, Retries: 2 };
  const seen = await engine.run(function* (sys, client) {
    const HostConfig = { AutoRemove: true };
    yield* client.call(ContainerCreate, { name: 'well' }, {
      Image: 'busybox',
      Cmd: ['sh', '-c', 'sleep 5; touch /sick; sleep 60'],
      Healthcheck,
      HostConfig,
    } as never);
    yield* client.call(ContainerStart, { id: 'well' });
    const out: string[] = [];
    for (let second = 0; second < 10; second++) {
      const { Health } = (yield* client.call(ContainerInspect, { id: 'well' })).State;
      if (Health && out.at(-1) !== Health.Status) out.push(Health.Status);
      if (second === 3) out.push(JSON.stringify(Health?.Log?.map((l) => [l.ExitCode, l.Output])[0]));
      yield* sleep(sys, 1000);
    }
    return out;
  });
  expect(seen).toEqual(['starting', 'healthy', '[0,"fine\\n"]', 'healthy', 'unhealthy']);
});

test('events tell what happened', async () => {
  const { Id } = await engine.call(ContainerCreate, { name: 'seen' }, {
    Image: 'busybox',
    Cmd: ['true'],
    Labels: { tier: 'web' },
  } as never);
  await engine.call(ContainerStart, { id: Id });
  await engine.call(ContainerWait, { id: Id });
  await engine.call(ContainerRemove, { id: Id });
  const text = await engine.run(function* (sys, client) {
    const now = Math.floor(sys.now(0) / 1000) + 1;
    const answer = yield* client.stream(SystemEvents, {
      since: '1',
      until: String(now),
      filters: { container: [Id], label: ['tier=web'] },
    });
    return decode(yield* answer.readAll());
  });
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(events.map((e) => e.Action)).toEqual(['create', 'start', 'die', 'destroy']);
  expect(events[2].Actor.Attributes).toMatchObject({ exitCode: '0', image: 'busybox', name: 'seen', tier: 'web' });
});

test('nothing of the engine broke', () => {
  expect(engine.k.panics).toEqual([]);
});
