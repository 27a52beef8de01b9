import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import envsubst from './envsubst.ts';

test.each([
  [[], 'a $HOST ${PORT} $NONE.\n$ ${HOST:-x} $$HOST', 'a web 80 .\n$ ${HOST:-x} $web'],
  [['$HOST'], '$HOST $PORT $uri\n', 'web $PORT $uri\n'],
  [['-v', '$A ${B}'], '', 'A\nB\n'],
])('envsubst %j of %j', async (args, stdin, wanted) => {
  const k = await bootTestKernel({ programs: { envsubst: envsubst.entry } });
  const { stdout, stderr, status } = await k.run('/bin/envsubst', ['envsubst', ...args], {
    stdin,
    env: { HOST: 'web', PORT: '80' },
  });
  expect([stdout, stderr, status]).toEqual([wanted, '', 0]);
});
