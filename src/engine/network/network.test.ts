import { beforeAll, expect, test } from 'vitest';
import { bootEngine, type TestEngine } from '../../../test/engine-bed.ts';
import { AF_INET, SOCK_STREAM } from '../../abi/socket.ts';
import { ContainerCreate, ContainerInspect, ContainerRemove, ContainerStart } from '../../api/container.ts';
import { ApiError } from '../../api/errors.ts';
import { NetworkConnect, NetworkCreate, NetworkDisconnect, NetworkInspect, NetworkRemove } from '../../api/network.ts';
import { decode } from '../../lib/utf8.ts';
import { connect, readAll, sleep } from '../../libc/io.ts';

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

async function start(name: string, more: object): Promise<void> {
  await engine.call(ContainerCreate, { name }, { Image: 'busybox', Cmd: ['cat'], OpenStdin: true, ...more } as never);
  await engine.call(ContainerStart, { id: name });
}
const remove = (id: string): Promise<void> => engine.call(ContainerRemove, { id, force: true });
const networks = async (id: string) => (await engine.call(ContainerInspect, { id })).NetworkSettings;

test('the default bridge gives addresses, which come back', async () => {
  await start('aa', {});
  await start('bb', {});
  expect((await networks('aa')).IPAddress).toBe('172.17.0.2');
  expect((await networks('bb')).Networks.bridge).toMatchObject({ IPAddress: '172.17.0.3', Gateway: '172.17.0.1' });
  await remove('aa');
  await start('cc', {});
  expect((await networks('cc')).IPAddress).toBe('172.17.0.2');
  await remove('bb');
  await remove('cc');
});

test('in a network of their own containers know each other by name', async () => {
  await engine.call(NetworkCreate, {}, { Name: 'own', IPAM: { Config: [{ Subnet: '10.9.0.0/24' }] } });
  await start('server', {
    HostConfig: { NetworkMode: 'own' },
    NetworkingConfig: { EndpointsConfig: { own: { Aliases: ['db'] } } },
  });
  const run = (host: string) =>
    engine.runContainer({
      Image: 'busybox',
      Cmd: ['sh', '-c', `nslookup ${host}; cat /etc/resolv.conf`],
      HostConfig: { NetworkMode: 'own' },
    });
  expect((await run('server')).stdout).toContain('10.9.0.2');
  expect((await run('db')).stdout).toContain('nameserver 127.0.0.11');
  await remove('server');
});

test('a published port leads into the container; the port is taken then', async () => {
  const bindings = { '80/tcp': [{ HostIp: '', HostPort: '8080' }] };
  const serve = { Cmd: ['sh', '-c', 'echo hello | nc -l -p 80'], HostConfig: { PortBindings: bindings } };
  await start('web', serve);
  expect((await networks('web')).Ports).toEqual({
    '80/tcp': [
      { HostIp: '0.0.0.0', HostPort: '8080' },
      { HostIp: '::', HostPort: '8080' },
    ],
  });
  const [status, message] = await failure(start('web2', serve));
  expect([status, message]).toEqual([
    500,
    'failed to set up container networking: driver failed programming external connectivity on endpoint web2 (ID): Bind for 0.0.0.0:8080 failed: port is already allocated',
  ]);
  const answer = await engine.run(function* (sys) {
    for (let i = 0; i < 50; i++) {
      const fd = sys.socket(AF_INET, SOCK_STREAM);
      const r = yield* connect(sys, fd, { family: AF_INET, addr: '127.0.0.1', port: 8080 });
      const bytes = r < 0 ? r : yield* readAll(sys, fd);
      sys.close(fd);
      if (typeof bytes !== 'number') return decode(bytes);
      yield* sleep(sys, 20);
    }
    return 'nobody answers';
  });
  expect(answer).toBe('hello\n');
  await remove('web');
  await remove('web2');
});

test('connect, disconnect, remove', async () => {
  await engine.call(NetworkCreate, {}, { Name: 'one', IPAM: { Config: [{ Subnet: '10.1.0.0/24' }] } });
  await engine.call(NetworkCreate, {}, { Name: 'two' });
  await start('both', { HostConfig: { NetworkMode: 'one' } });
  await engine.call(NetworkConnect, { id: 'two' }, { Container: 'both' });
  expect(Object.keys((await networks('both')).Networks)).toEqual(['one', 'two']);
  expect(Object.keys((await engine.call(NetworkInspect, { id: 'two' })).Containers)).toHaveLength(1);
  expect((await failure(engine.call(NetworkRemove, { id: 'one' })))[0]).toBe(403);
  expect(await failure(engine.call(NetworkConnect, { id: 'two' }, { Container: 'both' }))).toEqual([
    403,
    'endpoint with name both already exists in network two',
  ]);
  await engine.call(NetworkDisconnect, { id: 'one' }, { Container: 'both' });
  await engine.call(NetworkRemove, { id: 'one' });
  expect(await failure(engine.call(NetworkInspect, { id: 'one' }))).toEqual([404, 'network one not found']);
  await remove('both');
});

test.each([
  [{ Name: 'bridge' }, 403, 'operation is not permitted on predefined bridge network '],
  [{ Name: 'x', Driver: 'nosuch' }, 404, 'plugin "nosuch" not found'],
  [
    { Name: 'x', IPAM: { Config: [{ Subnet: '172.17.5.0/24' }] } },
    403,
    'invalid pool request: Pool overlaps with other one on this address space',
  ],
  [
    { Name: 'x', IPAM: { Config: [{ Subnet: '10.0.0.0' }] } },
    400,
    'invalid network config:\ninvalid subnet 10.0.0.0: invalid CIDR block notation',
  ],
])('a network cannot be %j', async (body, status, message) => {
  expect(await failure(engine.call(NetworkCreate, {}, body))).toEqual([status, message]);
});

test('nothing of the engine broke', () => {
  expect(engine.k.panics).toEqual([]);
});
