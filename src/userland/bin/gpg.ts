import { toBase64 } from '../../lib/base64.ts';
import { dearmour, keysIn, publicKey } from '../../lib/openpgp.ts';
import { decode } from '../../lib/utf8.ts';
import { joinBytes, readAll, readFile, type Wait, writeAll, writeFile } from '../../libc/io.ts';
import { mkdirp } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';

/** Options that take a value, and that change nothing here but for the first ones. */
const VALUES = [
  'output',
  'keyring',
  'homedir',
  'keyserver',
  'recv-keys',
  'recv',
  'export',
  'status-fd',
  'passphrase',
  'trust-model',
];

export default program({
  name: 'gpg',
  at: ['/usr/bin/gpg'],
  spec: 'GnuPG 2.4 gpg(1) for the keys of repositories: --dearmor, --enarmor, --import, --export, --list-keys, --show-keys; no secrets, signatures or encryption',
  usage: '[options] [files]',
  about: 'Handle public keys.',
  options: {},
  raw: true,
  *main(ctx) {
    const flags = new Set<string>();
    const values = new Map<string, string>();
    const words: string[] = [];
    for (let at = 0; at < ctx.args.length; at++) {
      const word = ctx.args[at]!;
      if (word === '-o') values.set('output', ctx.args[++at] ?? '');
      else if (word.startsWith('--')) {
        const [name, inline] = word.slice(2).split(/=(.*)/s) as [string, string?];
        flags.add(name);
        if (VALUES.includes(name) && name !== 'export') values.set(name, inline ?? ctx.args[++at] ?? '');
      } else if (word === '-k') flags.add('list-keys');
      else if (word === '-a') flags.add('armor');
      else if (!word.startsWith('-') || word === '-') words.push(word);
    }
    if (flags.has('version')) {
      yield* ctx.stdout.write('gpg (GnuPG) 2.4.4\nlibgcrypt 1.10.3\n');
      return 0;
    }
    if (flags.has('dearmor') || flags.has('enarmor'))
      return yield* convert(ctx, flags.has('dearmor'), words[0], values.get('output'));
    const ring = values.get('keyring') ?? `${ctx.env.get('HOME') ?? '/root'}/.gnupg/pubring.kbx`;
    if (flags.has('import')) return yield* bring(ctx, words, ring);
    if (flags.has('show-keys')) return yield* list(ctx, words);
    if (['list-keys', 'list-public-keys', 'fingerprint', 'list-key'].some((name) => flags.has(name)))
      return yield* list(ctx, [ring]);
    if (flags.has('export')) {
      const bytes = yield* readFile(ctx.sys, ring);
      const keys = typeof bytes === 'number' ? [] : keysIn(bytes);
      return yield* put(ctx, joinBytes(keys.map(publicKey)), values.get('output'));
    }
    if (flags.has('recv-keys') || flags.has('recv')) {
      yield* ctx.stderr.write('gpg: keyserver receive failed: No name\n');
      return 2;
    }
    yield* ctx.stderr.write('gpg: only the keys of repositories are simulated in Drydock\n');
    return 2;
  },
});

function* input(ctx: Context, path: string | undefined): Wait<Uint8Array | number> {
  return path === undefined || path === '-' ? yield* readAll(ctx.sys, 0) : yield* readFile(ctx.sys, path);
}

function* put(ctx: Context, bytes: Uint8Array, path: string | undefined): Wait<number> {
  if (path === undefined || path === '-') {
    yield* ctx.stdout.flush();
    yield* writeAll(ctx.sys, 1, bytes);
    return 0;
  }
  const r = yield* writeFile(ctx.sys, path, bytes, 0o644);
  if (r >= 0) return 0;
  yield* ctx.stderr.write(`gpg: can't create '${path}': ${ctx.strerror(r)}\n`);
  return 2;
}

function* convert(ctx: Context, open: boolean, path: string | undefined, to: string | undefined): Wait<number> {
  const bytes = yield* input(ctx, path);
  if (typeof bytes === 'number') {
    yield* ctx.stderr.write(`gpg: can't open '${path}': ${ctx.strerror(bytes)}\n`);
    return 2;
  }
  if (!open)
    return yield* put(
      ctx,
      new Uint8Array(
        [...`-----BEGIN PGP ARMORED FILE-----\n\n${toBase64(bytes)}\n-----END PGP ARMORED FILE-----\n`].map((c) =>
          c.charCodeAt(0),
        ),
      ),
      to,
    );
  const inside = dearmour(decode(bytes));
  if (!inside) {
    yield* ctx.stderr.write('gpg: no valid OpenPGP data found.\n');
    return 2;
  }
  return yield* put(ctx, inside, to ?? (path === undefined || path === '-' ? undefined : `${path}.gpg`));
}

function* bring(ctx: Context, words: readonly string[], ring: string): Wait<number> {
  const old = yield* readFile(ctx.sys, ring);
  const known = typeof old === 'number' ? [] : keysIn(old);
  let count = 0;
  for (const path of words.length === 0 ? [undefined] : words) {
    const bytes = yield* input(ctx, path);
    const keys = typeof bytes === 'number' ? [] : keysIn(bytes);
    if (keys.length === 0) yield* ctx.stderr.write('gpg: no valid OpenPGP data found.\n');
    for (const key of keys) {
      count++;
      const there = known.some((one) => one.fingerprint === key.fingerprint);
      if (!there) known.push(key);
      yield* ctx.stderr.write(
        `gpg: key ${key.fingerprint.slice(-16)}: ${there ? `"${key.user}" not changed` : `public key "${key.user}" imported`}\n`,
      );
    }
  }
  yield* ctx.stderr.write(`gpg: Total number processed: ${count}\n`);
  if (count === 0) return 2;
  mkdirp(ctx.sys, ring.slice(0, ring.lastIndexOf('/')), 0o700);
  yield* writeFile(ctx.sys, ring, joinBytes(known.map(publicKey)), 0o644);
  return 0;
}

function* list(ctx: Context, paths: readonly string[]): Wait<number> {
  for (const path of paths.length === 0 ? [undefined] : paths) {
    const bytes = yield* input(ctx, path);
    for (const key of typeof bytes === 'number' ? [] : keysIn(bytes))
      yield* ctx.stdout.write(
        `pub   rsa4096 [SCEA]\n      ${key.fingerprint}\nuid           [ unknown] ${key.user}\n\n`,
      );
  }
  return 0;
}
