import { describe, expect, test } from 'vitest';
import { draw, type EngineState, instruction, layersOf, look } from './draw.ts';
import type { ContainerSummary } from './engine-types.ts';

const container = (change: Partial<ContainerSummary>): ContainerSummary => ({
  Id: 'a'.repeat(64),
  Names: ['/web'],
  Image: 'nginx',
  ImageID: 'sha256:n',
  Created: 100,
  State: 'running',
  Status: 'Up 6 seconds',
  ...change,
});
const network = (Name: string, Driver = 'bridge') => ({ Id: `id-${Name}`, Name, Driver });
const state = (change: Partial<EngineState>): EngineState => ({
  containers: [],
  networks: [network('none', 'null'), network('host', 'host'), network('bridge'), network('shop')],
  volumes: [],
  images: [],
  layers: new Map(),
  ...change,
});
const none: ReadonlySet<string> = new Set();

describe('quays', () => {
  test('the user’s own networks come first, then bridge, host and none', () => {
    expect(draw(state({}), none).quays.map((quay) => quay.name)).toEqual(['shop', 'bridge', 'host', 'none']);
  });

  test('a container is drawn once, at its own network before the engine’s', () => {
    const both = container({ NetworkSettings: { Networks: { bridge: {}, shop: { IPAddress: '172.18.0.2' } } } });
    const { quays } = draw(state({ containers: [both] }), none);
    expect(quays.map((quay) => quay.berths.length)).toEqual([1, 0, 0, 0]);
    expect(quays[0]!.berths[0]).toMatchObject({ ip: '172.18.0.2', alsoOn: ['bridge'] });
  });

  test('a container without endpoints stands where its network mode says', () => {
    const host = container({ HostConfig: { NetworkMode: 'host' } });
    const { quays } = draw(state({ containers: [host] }), none);
    expect(quays.find((quay) => quay.name === 'host')!.berths).toHaveLength(1);
  });
});

describe('berths', () => {
  const berth = (change: Partial<ContainerSummary>) =>
    draw(state({ containers: [container(change)] }), none).quays.flatMap((quay) => quay.berths)[0]!;

  test('the same port on IPv4 and IPv6 is one gate; a bound address is named', () => {
    const Ports = [
      { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
      { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
      { IP: '127.0.0.1', PrivatePort: 443, PublicPort: 8443, Type: 'tcp' },
      { PrivatePort: 9000, Type: 'tcp' },
    ];
    expect(berth({ Ports }).gates.map((gate) => [gate.host, gate.local])).toEqual([
      [':8080', false],
      ['127.0.0.1:8443', true],
    ]);
  });

  test('exit status and time come from the status line', () => {
    const ended = berth({ State: 'exited', Status: 'Exited (137) 2 minutes ago' });
    expect(ended.exitCode).toBe(137);
    expect(Date.now() - ended.since).toBeGreaterThanOrEqual(120_000);
    expect(Date.now() - ended.since).toBeLessThan(125_000);
  });

  test('an image without a name is shown by its short id', () => {
    expect(berth({ Image: `sha256:${'ab'.repeat(32)}` }).image).toBe('abababababab');
  });
});

test.each([
  ['running', 'Up 6 seconds', 'running'],
  ['running', 'Up 6 seconds (healthy)', 'healthy'],
  ['running', 'Up 6 seconds (unhealthy)', 'unhealthy'],
  ['running', 'Up 6 seconds (health: starting)', 'running'],
  ['paused', 'Up 6 seconds (Paused)', 'paused'],
  ['removing', 'Removal In Progress', 'exited'],
])('%s, %s looks %s', (State, Status, wanted) => {
  expect(look({ State, Status })).toBe(wanted);
});

test('volumes that nobody mounts are set apart; fresh ones are marked', () => {
  const volumes = ['used', 'left'].map((Name) => ({ Name, Driver: 'local', Mountpoint: '' }));
  const user = container({ Mounts: [{ Type: 'volume', Name: 'used', Destination: '/data' }] });
  expect(draw(state({ volumes, containers: [user] }), new Set(['left'])).unused).toEqual([
    { name: 'left', fresh: true },
  ]);
});

test('an image says how much of it is simulated', () => {
  const image = (Id: string, level?: string) => ({
    Id,
    RepoTags: [`${Id}:1`],
    Size: 1,
    Created: 0,
    Labels: level === undefined ? null : { 'drydock.level': level },
  });
  const images = [image('a', 'files only'), image('b', 'starts and logs'), image('c'), image('d', 'what')];
  const drawn = draw(state({ images }), none);
  expect(drawn.images.map((one) => one.level)).toEqual(['files', 'starts', undefined, undefined]);
});

test('images that stand on the same base are neighbours, and it counts them', () => {
  const image = (Id: string, tag: string) => ({ Id, RepoTags: [tag], Size: 1, Created: 0 });
  const layer = (id: string, number: number) => ({ id, number, label: id, size: 1 });
  const drawn = draw(
    state({
      images: [image('1', 'a:1'), image('2', 'b:1'), image('3', 'c:1')],
      layers: new Map([
        ['1', [layer('base', 1), layer('x', 2)]],
        ['2', [layer('other', 1)]],
        ['3', [layer('base', 1), layer('y', 2)]],
      ]),
    }),
    none,
  );
  expect(drawn.images.map((i) => i.name)).toEqual(['a:1', 'c:1', 'b:1']);
  expect(drawn.images[0]!.layers.map((l) => l.sharedBy)).toEqual([2, 1]);
});

test('layers get the instructions that made them, not those that made none', () => {
  const history = [
    { Id: '', CreatedBy: 'CMD ["nginx"]', Size: 0 },
    { Id: '', CreatedBy: 'COPY entry.sh / # buildkit', Size: 4000 },
    { Id: '', CreatedBy: 'ENV A=b', Size: 0 },
    { Id: '', CreatedBy: 'RUN /bin/sh -c apt-get update && apt-get install -y nginx # buildkit', Size: 9 },
    { Id: '', CreatedBy: '/bin/sh -c #(nop) ADD file:abc123 in / ', Size: 70 },
  ];
  expect(layersOf(['l1', 'l2', 'l3'], history)).toEqual([
    { id: 'l1', number: 1, label: 'ADD rootfs /', size: 70 },
    { id: 'l2', number: 2, label: 'RUN apt-get update', size: 9 },
    { id: 'l3', number: 3, label: 'COPY entry.sh /', size: 4000 },
  ]);
});

test('a layer of no size keeps its instruction where only metadata made none', () => {
  const history = [
    { Id: '', CreatedBy: 'RUN /bin/sh -c true # buildkit', Size: 0 },
    { Id: '', CreatedBy: 'ENV A=b', Size: 0 },
    { Id: '', CreatedBy: 'ADD rootfs.tar / # buildkit', Size: 70 },
  ];
  expect(layersOf(['l1', 'l2'], history).map((layer) => layer.label)).toEqual(['ADD rootfs.tar /', 'RUN true']);
});

test.each([
  ['RUN |1 VERSION=3 /bin/sh -c make install # buildkit', 'RUN make install'],
  ['/bin/sh -c #(nop)  CMD ["sh"]', 'CMD ["sh"]'],
  ['', 'layer'],
])('%s is shown as %s', (createdBy, wanted) => {
  expect(instruction(createdBy)).toBe(wanted);
});
