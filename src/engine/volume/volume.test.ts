import { beforeAll, expect, test } from 'vitest';
import { bootEngine, type TestEngine } from '../../../test/engine-bed.ts';
import {
  ContainerArchive,
  ContainerChanges,
  ContainerCreate,
  ContainerExport,
  ContainerInspect,
  ContainerPutArchive,
  ContainerRemove,
  ContainerStart,
} from '../../api/container.ts';
import type { Endpoint } from '../../api/endpoint.ts';
import { ApiError } from '../../api/errors.ts';
import { VolumeCreate, VolumeList, VolumePrune, VolumeRemove } from '../../api/volume.ts';
import { TarReader, TarWriter, tarHeader } from '../../lib/tar.ts';
import { decode, encode } from '../../lib/utf8.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await bootEngine();
}, 60_000);

async function failure(call: Promise<unknown>): Promise<[number, string]> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiError) return [error.status, error.message.replace(/[0-9a-f]{64}/g, 'ID')];
    throw error;
  }
  return [200, ''];
}

const sh = async (line: string, HostConfig: object, more: object = {}): Promise<string> => {
  const { stdout, stderr } = await engine.runContainer({
    Image: 'busybox',
    Cmd: ['sh', '-c', line],
    HostConfig,
    ...more,
  });
  return stdout + stderr;
};

/** Names and texts in an archive that an operation gives. */
const archive = <P>(e: Endpoint<P, void, undefined>, params: P): Promise<Record<string, string>> =>
  engine.run(function* (_, client) {
    const answer = yield* client.stream(e, params);
    const out: Record<string, string> = {};
    let name = '';
    for (const event of new TarReader().push(yield* answer.readAll())) {
      if (event.type === 'header') {
        name = event.header.name;
        out[name] = '';
      } else if (event.type === 'data') out[name] += decode(event.bytes);
    }
    return out;
  });

test('a named volume is filled from the image, keeps what is written, and is in use', async () => {
  expect(await sh('ls /etc; echo new > /etc/new', { Binds: ['conf:/etc'] })).toContain('passwd');
  expect(await sh('cat /x/new; ls /x/group', { Binds: ['conf:/x:ro'] })).toBe('new\n/x/group\n');
  expect(await sh('echo no > /x/y', { Binds: ['conf:/x:ro'] })).toContain('Read-only file system');
  expect(await sh('ls -A /etc', { Binds: ['empty:/etc:nocopy'] })).not.toContain('passwd');
  const [status, message] = await failure(engine.call(VolumeRemove, { name: 'conf' }));
  expect(status).toBe(409);
  expect(message).toMatch(/^remove conf: volume is in use - \[ID, ID/);
});

test('rm -v takes anonymous volumes and leaves named ones; prune takes what nobody uses', async () => {
  const { Id } = await engine.call(ContainerCreate, {}, {
    Image: 'busybox',
    Cmd: ['true'],
    Volumes: { '/anon': {} },
    HostConfig: { Binds: ['mine:/mine'] },
  } as never);
  const names = async () => (await engine.call(VolumeList, {})).Volumes.map((v) => v.Name);
  expect((await names()).filter((n) => n.length === 64)).toHaveLength(1);
  await engine.call(ContainerRemove, { id: Id, v: true });
  expect((await names()).filter((n) => n.length === 64)).toHaveLength(0);
  expect(await names()).toContain('mine');
  await engine.call(VolumeCreate, {}, { Labels: { a: 'b' } });
  expect((await engine.call(VolumePrune, {})).VolumesDeleted).toHaveLength(1);
  expect(await names()).toContain('mine');
});

test.each([
  [['a:/b:zz'], 500, 'invalid mode: zz'],
  [
    ['data:relative'],
    500,
    `invalid volume specification: 'data:relative': invalid mount config for type "volume": invalid mount path: 'relative' mount path must be absolute`,
  ],
  [
    ['bad%name:/x'],
    400,
    'create bad%name: "bad%name" includes invalid characters for a local volume name, only "[a-zA-Z0-9][a-zA-Z0-9_.-]" are allowed. If you intended to pass a host directory, use absolute path',
  ],
])('-v %s is refused', async (Binds, status, message) => {
  const body = { Image: 'busybox', Cmd: ['true'], HostConfig: { Binds } };
  expect(await failure(engine.call(ContainerCreate, {}, body as never))).toEqual([status, message]);
});

test('binds, tmpfs, read-only roots', async () => {
  const HostConfig = { Binds: ['/srv/made:/made'], Tmpfs: { '/scratch': 'size=1m' }, ReadonlyRootfs: true };
  expect(await sh('echo 1 > /made/f; echo 2 > /scratch/f; cat /made/f /scratch/f; echo 3 > /f', HostConfig)).toBe(
    "1\n2\nsh: can't create /f: Read-only file system\n",
  );
  expect(await sh('cat /m/f; ls -A /scratch', { Binds: ['/srv/made:/m'], Tmpfs: { '/scratch': '' } })).toBe('1\n');
});

test('an archive goes in and comes out, also through a volume; the changes are listed', async () => {
  const create = { Image: 'busybox', Cmd: ['cat'], OpenStdin: true, HostConfig: { Binds: ['data:/data'] } };
  const { Id } = await engine.call(ContainerCreate, { name: 'box' }, create as never);
  await engine.run(function* (_, client) {
    const tar = new TarWriter();
    const text = encode('hello\n');
    const pieces = [tar.header(tarHeader({ name: 'dir/', type: 'dir', mode: 0o755 })).slice()];
    pieces.push(
      tar.header(tarHeader({ name: 'dir/f', type: 'file', mode: 0o600, uid: 33, size: text.length })).slice(),
    );
    pieces.push(tar.data(text).slice(), tar.finish().slice());
    for (const path of ['/tmp', '/data']) {
      const queue = [...pieces];
      const answer = yield* client.stream(ContainerPutArchive, { id: Id, path }, function* () {
        return queue.shift();
      } as never);
      yield* answer.readAll();
    }
  });
  await engine.call(ContainerStart, { id: Id });
  expect(await archive(ContainerArchive, { id: 'box', path: '/data/dir' })).toEqual({ 'dir/': '', 'dir/f': 'hello\n' });
  expect(await sh('cat /data/dir/f', { Binds: ['data:/data'] })).toBe('hello\n');
  expect(await engine.call(ContainerChanges, { id: 'box' })).toEqual([
    { Path: '/data', Kind: 1 },
    { Path: '/tmp', Kind: 0 },
    { Path: '/tmp/dir', Kind: 1 },
    { Path: '/tmp/dir/f', Kind: 1 },
  ]);
  const all = await archive(ContainerExport, { id: 'box' });
  expect(all['tmp/dir/f']).toBe('hello\n');
  expect(all).not.toHaveProperty('data/dir/f');
  expect(await failure(archive(ContainerArchive, { id: 'box', path: '/nope' }))).toEqual([
    404,
    'Could not find the file /nope in container box',
  ]);
});

test('what a container may do', async () => {
  expect(await sh('id -u; echo $HOME; umask', {}, { User: '65534' })).toBe('65534\n/home\n0022\n');
  expect(await sh('hostname; echo $HOSTNAME', {}, { Hostname: 'web' })).toBe('web\nweb\n');
  expect(await sh('hostname other', {})).toContain('Operation not permitted');
  expect(await sh('hostname other; hostname', { Privileged: true })).toBe('other\n');
  expect(await sh('echo 1 > /proc/sys/kernel/panic', {})).toContain('Read-only file system');
  expect(await sh('cat /proc/1/comm; ls /dev | grep -c .', { Init: false })).toBe('cat\n14\n'.replace('cat', 'sh'));
  const { Mounts } = await engine.call(ContainerInspect, { id: 'box' });
  expect(Mounts[0]).toMatchObject({ Type: 'volume', Name: 'data', Destination: '/data', Mode: 'z', RW: true });
});

test('nothing of the engine broke', () => {
  expect(engine.k.panics).toEqual([]);
});
