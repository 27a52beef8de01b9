import { toBase64 } from '../../lib/base64.ts';
import { dearmour, keysIn, publicKey } from '../../lib/openpgp.ts';
import { decode } from '../../lib/utf8.ts';
import { readAll, readFile, type Wait, writeFile } from '../../libc/io.ts';
import { listDir } from '../../libc/paths.ts';
import { type Context, program } from '../../libc/program.ts';

const WARNING = 'Warning: apt-key is deprecated. Manage keyring files in trusted.gpg.d instead (see apt-key(8)).\n';
const TRUSTED = '/etc/apt/trusted.gpg';
const PARTS = '/etc/apt/trusted.gpg.d';

const USAGE = `Usage: apt-key [--keyring file] [command] [arguments]

Manage apt's list of trusted keys

  apt-key add <file>          - add the key contained in <file> ('-' for stdin)
  apt-key del <keyid>         - remove the key <keyid>
  apt-key export <keyid>      - output the key <keyid>
  apt-key exportall           - output all trusted keys
  apt-key list                - list keys
  apt-key finger              - list fingerprints
  apt-key adv                 - pass advanced options to gpg (download key)

If no specific keyring file is given the command applies to all keyring files.
`;

export default program({
  name: 'apt-key',
  at: ['/usr/bin/apt-key'],
  spec: 'apt 2.8.3 apt-key(8): add, del, list, finger, export; adv finds no key server',
  usage: '[--keyring file] [command] [arguments]',
  about: 'Manage the keys that apt trusts.',
  options: {},
  raw: true,
  *main(ctx) {
    const args = [...ctx.args];
    let ring = TRUSTED;
    if (args[0] === '--keyring') {
      ring = args[1] ?? ring;
      args.splice(0, 2);
    }
    const [verb, what] = args;
    if (verb === undefined || verb === 'help' || verb === '--help') {
      yield* ctx.stdout.write(USAGE);
      return verb === undefined ? 1 : 0;
    }
    yield* ctx.stderr.write(WARNING);
    switch (verb) {
      case 'add':
        return yield* add(ctx, ring, what);
      case 'list':
      case 'finger':
      case 'fingerprint':
        return yield* list(ctx);
      case 'del':
      case 'remove':
        return yield* remove(ctx, ring, what ?? '');
      case 'export':
      case 'exportall':
        return yield* exported(ctx, what);
      case 'adv':
        yield* ctx.stderr.write('gpg: keyserver receive failed: No name\n');
        return 2;
      default:
        yield* ctx.stdout.write(USAGE);
        return 1;
    }
  },
});

function* ringKeys(ctx: Context, path: string): Wait<ReturnType<typeof keysIn>> {
  const bytes = yield* readFile(ctx.sys, path);
  return typeof bytes === 'number' ? [] : keysIn(bytes);
}

const binary = (keys: ReturnType<typeof keysIn>): string => keys.map((key) => decode(publicKey(key))).join('');

function* add(ctx: Context, ring: string, file: string | undefined): Wait<number> {
  if (ctx.sys.credentials().euid !== 0) {
    yield* ctx.stderr.write('E: This command can only be used by root.\n');
    return 1;
  }
  const bytes = file === undefined || file === '-' ? yield* readAll(ctx.sys, 0) : yield* readFile(ctx.sys, file);
  const keys = typeof bytes === 'number' ? [] : keysIn(bytes);
  if (typeof bytes !== 'number' && keys.length === 0 && dearmour(decode(bytes)) === undefined) {
    yield* ctx.stderr.write('gpg: no valid OpenPGP data found.\n');
    return 1;
  }
  const known = yield* ringKeys(ctx, ring);
  const fresh = keys.filter((key) => !known.some((one) => one.fingerprint === key.fingerprint));
  yield* writeFile(ctx.sys, ring, binary([...known, ...fresh]), 0o644);
  yield* ctx.stdout.write('OK\n');
  return 0;
}

function* rings(ctx: Context): Wait<string[]> {
  const names = listDir(ctx.sys, PARTS);
  return [TRUSTED, ...(typeof names === 'number' ? [] : names.sort().map((name) => `${PARTS}/${name}`))];
}

function* list(ctx: Context): Wait<number> {
  for (const path of yield* rings(ctx)) {
    const keys = yield* ringKeys(ctx, path);
    if (keys.length === 0) continue;
    yield* ctx.stdout.write(`${path}\n${'-'.repeat(path.length)}\n`);
    for (const key of keys) {
      const groups = key.fingerprint.replace(/.{4}/g, '$& ').trim().split(' ');
      yield* ctx.stdout.write(
        `pub   rsa4096 [SCEA]\n      ${groups.slice(0, 5).join(' ')}  ${groups.slice(5).join(' ')}\nuid           [ unknown] ${key.user}\n\n`,
      );
    }
  }
  return 0;
}

function* remove(ctx: Context, ring: string, id: string): Wait<number> {
  const wanted = id.replace(/^0x|\s/gi, '').toUpperCase();
  const known = yield* ringKeys(ctx, ring);
  yield* writeFile(ctx.sys, ring, binary(known.filter((key) => !key.fingerprint.endsWith(wanted))), 0o644);
  yield* ctx.stdout.write('OK\n');
  return 0;
}

function* exported(ctx: Context, id: string | undefined): Wait<number> {
  const wanted = (id ?? '').toUpperCase();
  for (const path of yield* rings(ctx))
    for (const key of yield* ringKeys(ctx, path))
      if (key.fingerprint.endsWith(wanted))
        yield* ctx.stdout.write(
          `-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n${toBase64(publicKey(key))}\n-----END PGP PUBLIC KEY BLOCK-----\n`,
        );
  return 0;
}
