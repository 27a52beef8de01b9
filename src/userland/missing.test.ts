import { expect, test } from 'vitest';
import { bootTestKernel } from '../../test/kernel-harness.ts';
import { makeElf } from '../lib/elf.ts';
import { missing } from './missing.ts';

const NOT = 'tool: this program is not simulated in Drydock\n';

test.each([
  [String.raw`1.2\nbuilt today`, ['tool', '--version'], 0, '1.2\nbuilt today\n', ''],
  ['1.2', ['tool', '--version', 'x'], 127, '', NOT],
  ['', ['tool', '--version'], 127, '', NOT],
])('a program that nobody simulates, version %j, asked %j', async (version, argv, status, out, err) => {
  const k = await bootTestKernel({
    programs: { tool: missing('tool') },
    files: { '/opt/tool': makeElf({ program: 'tool', version, flavour: 'go' }) },
  });
  await k.run(function* (sys) {
    sys.chmod('/opt/tool', 0o755);
    return 0;
  });
  const run = await k.run('/opt/tool', argv);
  expect([run.status, run.stdout, run.stderr]).toEqual([status, out, err]);
});
