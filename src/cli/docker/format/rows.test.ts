import { expect, test } from 'vitest';
import { CONTAINERS, containerFormat, containerRow } from './container.ts';
import { formatRows } from './formatter.ts';
import { IMAGES, imageFormat, imageRows } from './image.ts';
import { indentJson } from './json-indent.ts';
import { naturalOrder } from './natural.ts';
import { portsText } from './ports.ts';

const NOW = 1_750_000_000;
const container = {
  Id: 'a'.repeat(64),
  Names: ['/web', '/other/web'],
  Image: 'nginx:latest',
  ImageID: `sha256:${'b'.repeat(64)}`,
  Command: "/docker-entrypoint.sh nginx -g 'daemon off;'",
  Created: NOW - 5 * 3600,
  Ports: [
    { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    { PrivatePort: 443, Type: 'tcp' },
    { PrivatePort: 444, Type: 'tcp' },
    { PrivatePort: 53, Type: 'udp' },
  ],
  Labels: { z: '1', a: '2' },
  State: 'running',
  Status: 'Up 5 hours',
  NetworkSettings: { Networks: { bridge: {}, aa: {} } },
  Mounts: [{ Name: 'c'.repeat(64), Driver: 'local' }, { Source: '/some/very/long/path/here' }],
  SizeRw: 12345,
  SizeRootFs: 123456789,
};
const show = (format: string, truncate = true): string =>
  formatRows(containerFormat(format, false, true), CONTAINERS, [containerRow(container, { truncate, now: NOW })]);

// Recorded from docker 28.2.2 with this answer of the API.
test('the table of ps -s', () => {
  expect(show('table')).toBe(
    'CONTAINER ID   IMAGE          COMMAND                  CREATED       STATUS       PORTS                                                          NAMES     SIZE\n' +
      'aaaaaaaaaaaa   nginx:latest   "/docker-entrypoint.…"   5 hours ago   Up 5 hours   53/udp, 443-444/tcp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp   web       12.3kB (virtual 123MB)\n',
  );
});

test('JSON of a row has every field, sorted, with Go escapes', () => {
  expect(show('json')).toBe(
    '{"Command":"\\"/docker-entrypoint.…\\"","CreatedAt":"2025-06-15 10:06:40 +0000 UTC","ID":"aaaaaaaaaaaa","Image":"nginx:latest","Labels":"a=2,z=1","LocalVolumes":"1","Mounts":"cccccccccccccc…,/some/very/lon…","Names":"web","Networks":"bridge,aa","Platform":null,"Ports":"53/udp, 443-444/tcp, 0.0.0.0:8080-\\u003e80/tcp, [::]:8080-\\u003e80/tcp","RunningFor":"5 hours ago","Size":"12.3kB (virtual 123MB)","State":"running","Status":"Up 5 hours"}\n',
  );
});

test('templates: functions, labels, headers', () => {
  expect(show('table {{.ID}}\\t{{.Label "z"}}\\t{{upper .Names}}')).toBe(
    'CONTAINER ID   z         NAMES\naaaaaaaaaaaa   1         WEB\n',
  );
  expect(() => show('{{.Nope}}')).toThrow(
    'template parsing error: template: :1:2: executing "" at <.Nope>: can\'t evaluate field Nope in type *formatter.ContainerContext',
  );
  expect(() => show('{{.Names')).toThrow('template parsing error: template: :1: unclosed action');
});

test.each([
  [
    'ranges join',
    [
      { PrivatePort: 1, Type: 'tcp' },
      { PrivatePort: 2, Type: 'tcp' },
      { PrivatePort: 9, Type: 'tcp' },
    ],
    '1-2/tcp, 9/tcp',
  ],
  [
    'the same port on the host',
    [{ IP: '0.0.0.0', PrivatePort: 80, PublicPort: 80, Type: 'tcp' }],
    '0.0.0.0:80->80/tcp',
  ],
  ['none', [], ''],
])('ports: %s', (_, ports, text) => {
  // Of a range that ends before the last one, the end comes first.
  expect(portsText(ports).split(', ').sort()).toEqual(text.split(', ').sort());
});

test('images: a line a tag, <none> for what has none', () => {
  const images = [
    {
      Id: `sha256:${'b'.repeat(64)}`,
      RepoTags: ['nginx:latest', 'nginx:1.25'],
      RepoDigests: [`nginx@sha256:${'d'.repeat(64)}`],
      Created: NOW - 30 * 86400,
      Size: 187654321,
    },
    { Id: `sha256:${'e'.repeat(64)}`, RepoTags: [], RepoDigests: [], Created: NOW - 100, Size: 1234 },
  ];
  const format = imageFormat('table', false, false);
  expect(formatRows(format, IMAGES, imageRows(images, format, { truncate: true, digests: false, now: NOW }))).toBe(
    'REPOSITORY   TAG       IMAGE ID       CREATED              SIZE\n' +
      'nginx        latest    bbbbbbbbbbbb   4 weeks ago          188MB\n' +
      'nginx        1.25      bbbbbbbbbbbb   4 weeks ago          188MB\n' +
      '<none>       <none>    eeeeeeeeeeee   About a minute ago   1.23kB\n',
  );
});

test('names with numbers sort as numbers', () => {
  expect(['v10', 'v2', 'a', 'v1'].sort(naturalOrder)).toEqual(['a', 'v1', 'v2', 'v10']);
});

test('JSON is indented without being read', () => {
  expect(indentJson('[{"a":1e400,"b":[],"c":{},"d":["\\u003c,{"]}]', '', '    ')).toBe(
    '[\n    {\n        "a": 1e400,\n        "b": [],\n        "c": {},\n        "d": [\n            "\\u003c,{"\n        ]\n    }\n]',
  );
});
