import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import hello from './hello.ts';

test('hello begins as hello-world does', async () => {
  const k = await bootTestKernel({ programs: { hello: hello.entry } });
  const { status, stdout, stderr } = await k.run('/bin/hello');
  expect(stdout).toMatch(
    /^\nHello from Docker!\nThis message shows that your installation appears to be working correctly\.\n\n/,
  );
  expect([status, stderr]).toEqual([0, '']);
});
