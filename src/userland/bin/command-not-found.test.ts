import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import missing from './command-not-found.ts';

test.each([
  [['--', 'htop'], "Command 'htop' not found, but can be installed with:\napt install htop\n"],
  [['--', 'pip'], "Command 'pip' not found, but can be installed with:\napt install python3-pip\n"],
  [['--', 'no-such'], 'no-such: command not found\n'],
  [['--no-failure-msg', '--', 'no-such'], ''],
])('command-not-found %j', async (args, wanted) => {
  const k = await bootTestKernel({ programs: { 'command-not-found': missing.entry } });
  const { stdout, stderr, status } = await k.run('/bin/command-not-found', ['command-not-found', ...args]);
  expect([stdout, stderr, status]).toEqual(['', wanted, 127]);
});
