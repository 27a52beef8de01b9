import { expect, test } from 'vitest';
import { checkRequest } from './check.ts';
import { cacheType, parseBuildArgs, parseCall, parseContexts, parseOutput, parseSecret } from './options.ts';
import { EMPTY_REQUEST } from './request.ts';

const cli = { env: new Map([['TOKEN', 'x']]) };

test.each([
  ['out', { type: 'local', dest: 'out', attributes: {} }],
  ['-', { type: 'tar', dest: '-', attributes: {} }],
  ['type=image,name=a:1,push=true', { type: 'image', dest: '', attributes: { name: 'a:1', push: 'true' } }],
])('--output %s', (text, expected) => {
  expect(parseOutput(text)).toEqual(expected);
});

test.each([
  ['id=a,src=f', { id: 'a', file: 'f', env: undefined }],
  ['id=a,env=TOKEN', { id: 'a', file: undefined, env: 'TOKEN' }],
  ['id=TOKEN', { id: 'TOKEN', file: undefined, env: 'TOKEN' }],
  ['id=none', { id: 'none', file: 'none', env: undefined }],
])('--secret %s', (text, expected) => {
  expect(parseSecret(cli, text)).toEqual(expected);
});

// as recorded from buildx 0.29
test.each([
  [() => parseSecret(cli, 'bad'), "ERROR: invalid field 'bad' must be a key=value pair"],
  [() => parseSecret(cli, 'id=a,foo=b'), "ERROR: unexpected key 'foo' in 'foo=b'"],
  [() => parseSecret(cli, 'type=nosuch,id=a'), 'ERROR: unsupported secret type "nosuch"'],
  [() => parseOutput('a,b'), 'ERROR: invalid value a'],
  [() => parseCall('x,y'), 'ERROR: invalid print value: x,y'],
  [() => parseBuildArgs(cli, ['=x']), 'ERROR: invalid key-value pair "=x": empty key'],
  [() => parseContexts(['lib']), 'ERROR: invalid context value: lib, expected key=value'],
  [() => cacheType('bogus=1'), 'ERROR: type required form> "bogus=1"'],
])('%s', (run, message) => {
  expect(run).toThrow(message);
});

test('a name alone takes the environment', () => {
  expect(parseBuildArgs(cli, ['TOKEN', 'A=b=c', 'NONE'])).toEqual({ TOKEN: 'x', A: 'b=c', NONE: null });
});

// as recorded from buildx 0.29 with the docker driver
test.each([
  [{ attests: ['type=sbom'] }, 'Attestation is not supported for the docker driver.'],
  [{ cacheTo: ['type=local,dest=c'] }, 'Cache export is not supported for the docker driver.'],
  [{ cacheFrom: ['type=registry'] }, 'registry cache importer requires ref'],
  [{ platforms: ['linux/amd64', 'linux/arm64'] }, 'Multi-platform build is not supported for the docker driver.'],
  [{ platforms: ['nosuch'] }, '"nosuch": unknown operating system or architecture: invalid argument'],
  [{ allow: ['nosuch'] }, 'unknown entitlement nosuch'],
  [{ extraHosts: ['bad'] }, 'invalid host bad'],
  [{ tags: ['BAD'] }, 'invalid tag "BAD": repository name must be lowercase'],
  [{ push: true }, 'tag is needed when pushing to registry'],
  [{ annotations: ['bad'] }, 'parse annotations: invalid annotation "bad", expected key=value'],
  [{ outputs: [parseOutput('type=oci')] }, 'OCI exporter is not supported for the docker driver.'],
  [{ outputs: [parseOutput('type=local')] }, 'dest is required for local exporter'],
])('%j is refused before anything begins', (part, message) => {
  expect(() => checkRequest({} as never, { ...EMPTY_REQUEST, ...part })).toThrow(message);
});
