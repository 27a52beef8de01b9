import { expect, test } from 'vitest';
import { loadSha256 } from '../../lib/sha256.ts';
import { encode } from '../../lib/utf8.ts';
import { chainIds } from './oci.ts';

test('chain ids follow the image specification', async () => {
  const sha256 = await loadSha256();
  const digest = (text: string): string => sha256.hex(encode(text));
  expect(chainIds([], digest)).toEqual([]);
  const [a, b] = chainIds(['sha256:aa', 'sha256:bb'], digest);
  expect(a).toBe('sha256:aa');
  expect(b).toBe(`sha256:${digest('sha256:aa sha256:bb')}`);
});
