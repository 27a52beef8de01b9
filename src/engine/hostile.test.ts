import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { bootEngine, type TestEngine } from '../../test/engine-bed.ts';
import { AF_UNIX, SHUT_WR, SOCK_STREAM } from '../abi/socket.ts';
import type { Sys } from '../abi/sys.ts';
import { Ping } from '../api/system.ts';
import { decode, encode } from '../lib/utf8.ts';
import { connect, read, type Wait, writeAll } from '../libc/io.ts';

// Whatever a client sends, the engine answers or hangs up, says nothing of its own insides, and lives on.

const RUNS = process.env.DRYDOCK_FULL === '1' ? 2000 : 60;
/** How an error of JavaScript sounds. */
const INSIDES =
  /Cannot (read|set|convert|destructure|mix)|is not (a function|iterable|defined|an object)|undefined|\[object|in JSON|RangeError|BigInt/;

let engine: TestEngine;
beforeAll(async () => {
  engine = await bootEngine();
  await engine.runContainer({ Image: 'busybox', Cmd: ['true'] }, 'some');
}, 60_000);

/** Sends bytes and reads what comes until the engine hangs up (the client says that it has no more). */
function talk(bytes: Uint8Array): Promise<string> {
  return engine.run(function* (sys: Sys): Wait<string> {
    const fd = sys.socket(AF_UNIX, SOCK_STREAM);
    yield* connect(sys, fd, { family: AF_UNIX, path: '/var/run/docker.sock' });
    yield* writeAll(sys, fd, bytes);
    sys.shutdown(fd, SHUT_WR);
    const buffer = new Uint8Array(65536);
    let text = '';
    for (let n = 1; n > 0 && text.length < 1e6; ) {
      n = yield* read(sys, fd, buffer);
      if (n > 0) text += decode(buffer.subarray(0, n));
    }
    sys.close(fd);
    return text;
  });
}

const NAMES = [
  'some',
  'nosuch',
  '',
  '%2f',
  'a'.repeat(300),
  'busybox',
  'busybox:latest',
  'sha256:00',
  'bridge',
  '..',
  'ü',
];
const PATHS: readonly (readonly [method: string, path: string])[] = [
  ['POST', '/containers/create'],
  ['POST', '/containers/NAME/update'],
  ['POST', '/containers/NAME/exec'],
  ['POST', '/containers/NAME/rename'],
  ['POST', '/containers/NAME/resize'],
  ['POST', '/containers/NAME/kill'],
  ['POST', '/containers/NAME/wait'],
  ['GET', '/containers/NAME/logs'],
  ['GET', '/containers/NAME/archive'],
  ['PUT', '/containers/NAME/archive'],
  ['GET', '/containers/NAME/top'],
  ['GET', '/containers/json'],
  ['GET', '/images/json'],
  ['GET', '/images/NAME/json'],
  ['POST', '/images/NAME/tag'],
  ['POST', '/images/create'],
  ['POST', '/images/load'],
  ['GET', '/images/get'],
  ['POST', '/commit'],
  ['POST', '/volumes/create'],
  ['GET', '/volumes'],
  ['POST', '/networks/create'],
  ['POST', '/networks/NAME/connect'],
  ['POST', '/networks/NAME/disconnect'],
  ['GET', '/networks'],
  ['POST', '/swarm/init'],
  ['GET', '/system/df'],
  ['POST', '/containers/prune'],
];
const FIELDS =
  'Image Cmd Env Labels HostConfig Binds Mounts Type Target Source PortBindings 80/tcp HostPort Ulimits Name Soft Devices NetworkingConfig EndpointsConfig bridge IPAMConfig IPv4Address Memory RestartPolicy LogConfig Config ExposedPorts Volumes Healthcheck Test Tmpfs Sysctls CapAdd SecurityOpt ExtraHosts Links DeviceRequests Driver Options IPAM Subnet Gateway Container EndpointConfig Aliases DriverOpts User Tty ListenAddr'.split(
    ' ',
  );
const QUERY =
  'filters limit tag repo fromImage fromSrc path signal condition tail since until stdout h w t name container changes platform names type ps_args all'.split(
    ' ',
  );

/** Values of JSON whose keys are often those of the API. */
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.constantFrom<unknown>('busybox', '', null, true, 0, -1, 1e30, 1.5, 'x'),
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...FIELDS), tie('value'), { maxKeys: 5 }),
  ),
})).value;

const request = fc
  .record({
    route: fc.constantFrom(...PATHS),
    name: fc.constantFrom(...NAMES),
    version: fc.constantFrom('', '/v1.51', '/v1.41', '/v1.24'),
    query: fc.dictionary(
      fc.constantFrom(...QUERY),
      fc.oneof(
        fc.string(),
        json.map((v) => JSON.stringify(v) ?? ''),
      ),
      {
        maxKeys: 3,
      },
    ),
    body: fc.oneof(
      json.map((v) => JSON.stringify(v) ?? ''),
      fc.string(),
    ),
  })
  .map(({ route: [method, path], name, version, query, body }) => {
    const pairs = Object.entries(query).map(
      ([k, v]) => `${k}=${encodeURIComponent(v.replace(/\p{Surrogate}/gu, '\ufffd'))}`,
    );
    const bytes = encode(body);
    const head = `${method} ${version}${path.replace('NAME', encodeURIComponent(name))}?${pairs.join('&')} HTTP/1.1`;
    return {
      head,
      text: `${head}\r\nHost: d\r\nContent-Type: application/json\r\nContent-Length: ${bytes.length}\r\n\r\n${body}`,
    };
  });

const alive = async (): Promise<void> => expect(await engine.call(Ping, {})).toBe('OK');

test('requests of any content', async () => {
  await fc.assert(
    fc.asyncProperty(request, async ({ text }) => {
      const answer = await talk(encode(text));
      expect(answer).toMatch(/^HTTP\/1\.1 \d{3} /);
      const problem = /\{"message":(".*")\}/.exec(answer)?.[1] ?? '';
      if (!text.includes('undefined')) expect(problem).not.toMatch(INSIDES);
    }),
    { numRuns: RUNS, interruptAfterTimeLimit: 60_000, markInterruptAsFailure: false },
  );
  await alive();
}, 120_000);

test('bytes of any kind', async () => {
  const junk = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.string().map(encode),
    request.map(({ text }) => encode(text.slice(0, 40))),
  );
  await fc.assert(
    fc.asyncProperty(junk, async (bytes) => {
      expect(await talk(bytes)).toMatch(/^(HTTP\/1\.[01] \d{3} |$)/);
    }),
    { numRuns: RUNS },
  );
  await alive();
  expect(engine.k.panics).toEqual([]);
}, 120_000);
