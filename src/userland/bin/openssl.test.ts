import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../test/kernel-harness.ts';
import openssl from './openssl.ts';

async function run(argv: readonly string[], stdin = 'hello\n') {
  const { entry } = await openssl;
  const k = await bootTestKernel({ programs: { openssl: entry } });
  return (await k.run('/bin/openssl', ['openssl', ...argv], { stdin })).stdout;
}

const KEY = '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff';

// As OpenSSL 3.0 answers.
test.each([
  [['md5'], 'MD5(stdin)= b1946ac92492d2347c6235b4d2611184\n'],
  [
    ['dgst', '-sha256', '-hmac', 'key'],
    'HMAC-SHA2-256(stdin)= 8e384ff349a3d90f2c7837b0d76de8f81c6e85b390ed38905f521ae77cb9a29a\n',
  ],
  [['enc', '-base64'], 'aGVsbG8K\n'],
  [['enc', '-aes-128-cbc', '-pbkdf2', '-S', '0102030405060708', '-k', 'pw', '-a'], 'k180Jg2eER9chZy3x2wkJw==\n'],
  [['enc', '-aes-256-cbc', '-md', 'sha256', '-S', '0102030405060708', '-k', 'pw', '-a'], '2eSeqh0SMrHviGrTEiKw9g==\n'],
] as const)('%j', async (argv, output) => {
  expect(await run(argv)).toBe(output);
});

test('what is encrypted is read again; a certificate signs itself', async () => {
  const { entry } = await openssl;
  const k = await bootTestKernel({ programs: { openssl: entry }, files: { '/p/text': 'secret\n' } });
  const go = (...argv: string[]) => k.run('/bin/openssl', ['openssl', ...argv], { cwd: '/p' });
  for (const mode of ['cbc', 'ctr']) {
    const how = [`-aes-256-${mode}`, '-K', KEY, '-iv', '000102030405060708090a0b0c0d0e0f'];
    await go('enc', ...how, '-in', 'text', '-out', 'cipher');
    expect((await go('enc', '-d', ...how, '-in', 'cipher')).stdout).toBe('secret\n');
  }
  await go('req', '-x509', '-newkey', 'rsa:512', '-nodes', '-keyout', 'k', '-out', 'c', '-subj', '/C=DE/CN=a.example');
  expect((await go('x509', '-in', 'c', '-noout', '-subject')).stdout).toBe('subject=C = DE, CN = a.example\n');
  expect((await go('verify', '-CAfile', 'c', 'c')).stdout).toBe('c: OK\n');
});
