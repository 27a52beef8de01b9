import { compareSync } from 'bcryptjs';
import type { Sys } from '../../../abi/sys.ts';
import { fromBase64 } from '../../../lib/base64.ts';
import { decode } from '../../../lib/utf8.ts';
import { readFile, type Wait } from '../../../libc/io.ts';

/** Whether an Authorization field names a user and password of a file of bcrypt hashes. @see distribution auth/htpasswd */
export function* isAllowed(sys: Sys, path: string, authorization: string | undefined): Wait<boolean> {
  const basic = fromBase64(/^Basic (.*)$/i.exec(authorization ?? '')?.[1] ?? '');
  const bytes = yield* readFile(sys, path);
  if (!basic || typeof bytes === 'number') return false;
  const pair = decode(basic);
  const colon = pair.indexOf(':');
  if (colon < 0) return false;
  const [user, password] = [pair.slice(0, colon), pair.slice(colon + 1)];
  for (const line of decode(bytes).split('\n')) {
    const end = line.indexOf(':');
    if (line.startsWith('#') || end < 0 || line.slice(0, end) !== user) continue;
    const hash = line.slice(end + 1).trim();
    return /^\$2[aby]\$\d\d\$.{53}$/.test(hash) && compareSync(password, hash);
  }
  return false;
}
