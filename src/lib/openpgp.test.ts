import { expect, test } from 'vitest';
import { loadHash } from './hash.ts';
import { armouredKey, clearSigned, dearmour, keysIn, publicKey, readClearSigned } from './openpgp.ts';
import { encode } from './utf8.ts';

const KEY = { fingerprint: 'A'.repeat(40), user: 'Somebody <a@example.com>' };

test('a key is found in its armour and without it', () => {
  expect(keysIn(encode(armouredKey(KEY)))).toEqual([KEY]);
  expect(keysIn(publicKey(KEY))).toEqual([KEY]);
  expect(dearmour(armouredKey(KEY))).toEqual(publicKey(KEY));
  expect(keysIn(encode('no key'))).toEqual([]);
});

test('a signature is of one text only', async () => {
  const sha256 = await loadHash('sha256');
  const signed = clearSigned('Suite: noble\n', KEY, sha256);
  expect(readClearSigned(signed, sha256)).toEqual({
    text: 'Suite: noble\n',
    fingerprint: KEY.fingerprint,
    valid: true,
  });
  expect(readClearSigned(signed.replace('noble', 'other'), sha256)?.valid).toBe(false);
  expect(readClearSigned('Suite: noble\n', sha256)).toBeUndefined();
});
