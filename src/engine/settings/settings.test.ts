import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import { loadSha256 } from '../../lib/sha256.ts';
import { makeDockerd } from '../dockerd.ts';
import { DEFAULT_CONFIG, reloaded } from './config.ts';

/** What `dockerd --validate` says of a daemon.json and flags. */
async function validate(json: string, ...flags: string[]): Promise<string> {
  const k = await bootTestKernel({
    programs: { dockerd: makeDockerd({ sha256: await loadSha256() }) },
    files: { '/d.json': json },
  });
  const { stdout, stderr, status } = await k.run('/bin/dockerd', [
    'dockerd',
    '--validate',
    '--config-file',
    '/d.json',
    ...flags,
  ]);
  expect(status).toBe(stderr === '' ? 0 : 1);
  return (stdout + stderr).trimEnd().replace('unable to configure the Docker daemon with file /d.json: ', '');
}

const MERGED = 'merged configuration validation from file and command line flags failed: ';

// recorded from dockerd 28.5.2
test.each([
  ['{}', 'configuration OK'],
  ['', 'configuration OK'],
  ['null', 'configuration OK'],
  ['{"log-driver":"bogus","storage-driver":"x","bip":"x","labels":["a=b","a=c"]}', 'configuration OK'],
  ['{', 'invalid JSON: unexpected end of JSON input'],
  ['{"debug":true,}', "invalid JSON: invalid character '}' looking for beginning of object key string"],
  ['[]', 'invalid JSON: json: cannot unmarshal array into Go value of type map[string]interface {}'],
  ['{"debug":"x"}', 'invalid JSON: json: cannot unmarshal string into Go struct field Config.debug of type bool'],
  ['{"mtu":1400.5}', 'invalid JSON: json: cannot unmarshal number 1400.5 into Go struct field Config.mtu of type int'],
  ['{"hosts":[1]}', 'invalid JSON: json: cannot unmarshal number into Config.hosts.0 of type string'],
  ['{"hosts":"x"}', 'invalid JSON: json: cannot unmarshal string into Go struct field Config.hosts of type []string'],
  [
    '{"log-opts":{"max-size":10}}',
    'invalid JSON: json: cannot unmarshal number into Go struct field Config.log-opts.max-size of type string',
  ],
  ['{"dns":["x"]}', 'invalid JSON: invalid IP address: x'],
  ['{"default-shm-size":"x"}', "invalid JSON: invalid size: 'x'"],
  ['{"default-address-pools":[{"base":"bogus","size":24}]}', `invalid JSON: netip.ParsePrefix("bogus"): no '/'`],
  [
    '{"default-ulimits":{"nofile":"x"}}',
    'invalid JSON: json: cannot unmarshal string into Go struct field Config.default-ulimits.nofile of type units.Ulimit',
  ],
  ['{"bogus":1,"zzz":2}', "the following directives don't match any configuration option: bogus, zzz"],
  ['{"default-address-pools":{"base":"x"}}', "the following directives don't match any configuration option: base"],
  ['{"graph":"/x"}', "the following directives don't match any configuration option: graph"],
  ['{"log-level":"bogus"}', `${MERGED}invalid logging level: bogus`],
  ['{"labels":["a"]}', `${MERGED}bad attribute format: a`],
  ['{"dns-search":["..."]}', `${MERGED}... is not a valid domain`],
  ['{"max-concurrent-downloads":-1}', `${MERGED}invalid max concurrent downloads: -1`],
  [
    '{"registry-mirrors":["x"]}',
    `${MERGED}invalid mirror: no scheme specified for "x": must use either 'https://' or 'http://'`,
  ],
  ['{"hosts":["bogus://"]}', `${MERGED}invalid bind address (bogus://): unsupported proto 'bogus'`],
  ['{"exec-opts":["a=b"]}', `${MERGED}invalid exec-opt (a=b): unknown option: 'a'`],
  ['{"default-ipc-mode":"x"}', `${MERGED}default IPC mode setting (x) is invalid; use "shareable" or "private"`],
  ['{"default-cgroupns-mode":"x"}', `${MERGED}invalid default cgroup namespace (x): use "host" or "private"`],
])('daemon.json %s', async (json, words) => {
  expect(await validate(json)).toBe(words);
});

test.each([
  [
    '{"hosts":["tcp://0.0.0.0:2375"]}',
    ['-H', 'unix:///x'],
    'the following directives are specified both as a flag and in the configuration file: hosts: (from flag: [unix:///x], from file: [tcp://0.0.0.0:2375])',
  ],
  [
    '{"debug":true}',
    ['-D=false'],
    'the following directives are specified both as a flag and in the configuration file: debug: (from flag: false, from file: true)',
  ],
  [
    '{"labels":["a=b"],"log-driver":"local"}',
    ['--label', 'c=d', '--log-driver=json-file'],
    'the following directives are specified both as a flag and in the configuration file: labels: (from flag: [c=d], from file: [a=b]), log-driver: (from flag: json-file, from file: local)',
  ],
  ['{}', ['-l', 'bogus'], 'invalid logging level: bogus'],
])('daemon.json %s with flags %s', async (json, flags, words) => {
  expect(await validate(json, ...flags)).toBe(words);
});

test.each([
  ['--bogus', 'unknown flag: --bogus'],
  ['--mtu=x', 'invalid argument "x" for "--mtu" flag: strconv.ParseInt: parsing "x": invalid syntax'],
  ['--log-driver', 'flag needs an argument: --log-driver'],
  ['--default-ulimit=x', 'invalid argument "x" for "--default-ulimit" flag: invalid ulimit argument: x'],
  ['--label=x', 'invalid argument "x" for "--label" flag: bad attribute format: x'],
  ['--add-runtime=runc=x', `invalid argument "runc=x" for "--add-runtime" flag: runtime name 'runc' is reserved`],
  [
    '-Hbogus://x',
    `invalid argument "bogus://x" for "-H, --host" flag: invalid bind address (bogus://x): unsupported proto 'bogus'`,
  ],
])('flag %s', async (flag, words) => {
  const k = await bootTestKernel({ programs: { dockerd: makeDockerd({ sha256: await loadSha256() }) } });
  const { stderr, status } = await k.run('/bin/dockerd', ['dockerd', flag]);
  expect([status, stderr.split('\n')[0]]).toEqual([1, `Status: ${words}`]);
});

test('a reload takes what can change, keeps the rest, and forgets counts that are gone', () => {
  const before = { ...DEFAULT_CONFIG, maxDownloads: 9, labels: ['a=b'] };
  const after = reloaded(
    before,
    new Map(),
    new Map<string, unknown>([
      ['debug', true],
      ['data-root', '/x'],
      ['bip', '10.0.0.1/8'],
    ]),
  );
  expect(after).toEqual({ ...DEFAULT_CONFIG, labels: ['a=b'], debug: true });
});
