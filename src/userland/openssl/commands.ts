import { type AesMode, aesDecrypt, aesEncrypt } from '../../lib/aes.ts';
import { fromBase64, toBase64 } from '../../lib/base64.ts';
import { fromHex, toHex } from '../../lib/hex.ts';
import { hmac } from '../../lib/hmac.ts';
import { decode, encode } from '../../lib/utf8.ts';
import { connectTcp } from '../../libc/http-client.ts';
import { joinBytes, type Wait } from '../../libc/io.ts';
import { resolve } from '../../libc/resolver.ts';
import { secure } from '../http/secure.ts';
import { timeText } from './certificate.ts';
import {
  type Command,
  DIGEST_NAMES,
  type DigestName,
  fail,
  input,
  type Openssl,
  options,
  output,
  refuse,
  secret,
  textOf,
} from './context.ts';
import { hexBlock, privatePem, publicPem, readPrivate, readPublic } from './keys.ts';
import { isSigned, newKey, req, type SignDigest, sign, verify, x509 } from './x509.ts';

const HASHES: readonly DigestName[] = DIGEST_NAMES;
const LABELS: Readonly<Record<string, string>> = {
  md5: 'MD5',
  sha1: 'SHA1',
  sha224: 'SHA2-224',
  sha256: 'SHA2-256',
  sha384: 'SHA2-384',
  sha512: 'SHA2-512',
};

/** openssl dgst, and its kin named after a digest. */
const dgst = (named?: DigestName): Command =>
  function* (o, argv) {
    const { values, flags, rest } = yield* options(
      o,
      argv,
      'out hmac sign verify signature mac macopt',
      `hex binary r c ${HASHES.join(' ')}`,
    );
    const name = named ?? HASHES.find((each) => flags.has(each)) ?? 'sha256';
    const factory = o.hashes[name];
    let status = 0;
    for (const file of rest.length === 0 ? [undefined] : rest) {
      const data = yield* input(o, file, 'data');
      if (values.has('sign') || values.has('verify')) return yield* signature(o, data, values, name as SignDigest);
      const key = values.get('hmac');
      if (key !== undefined && (name === 'sha384' || name === 'sha512'))
        return yield* fail(o, `HMAC with ${name} is not simulated`);
      const digest = key === undefined ? factory.create().update(data).digest() : hmac(factory, encode(key), data);
      const shown = file ?? 'stdin';
      if (flags.has('binary')) yield* output(o, values.get('out'), digest);
      else {
        const hex = flags.has('c') ? toHex(digest).match(/../g)!.join(':') : toHex(digest);
        yield* output(
          o,
          values.get('out'),
          flags.has('r')
            ? `${hex} *${shown}\n`
            : `${key === undefined ? LABELS[name] : `HMAC-${LABELS[name]}`}(${shown})= ${hex}\n`,
        );
      }
      status = 0;
    }
    return status;
  };

function* signature(
  o: Openssl,
  data: Uint8Array,
  values: ReadonlyMap<string, string>,
  digest: SignDigest,
): Wait<number> {
  if (values.has('sign')) {
    const key = readPrivate(yield* textOf(o, values.get('sign'), 'private key'));
    if (!key) return yield* fail(o, `Could not read private key from ${values.get('sign')}`);
    yield* output(o, values.get('out'), yield* sign(o, key, data, digest));
    return 0;
  }
  const key = readPublic(yield* textOf(o, values.get('verify'), 'public key'));
  if (!key) return yield* fail(o, `Could not read public key from ${values.get('verify')}`);
  const good = yield* isSigned(o, key, data, yield* input(o, values.get('signature'), 'signature'), digest);
  yield* o.ctx.stdout.write(good ? 'Verified OK\n' : 'Verification failure\n');
  return good ? 0 : 1;
}

const rand: Command = function* (o, argv) {
  const { values, flags, rest } = yield* options(o, argv, 'out rand writerand', 'hex base64');
  const match = /^(\d+)([KMG]?)$/.exec(rest[0] ?? '');
  if (!match) return yield* refuse(o, rest[0] === undefined ? 'Missing argument' : 'Bad number');
  const bytes = new Uint8Array(Number(match[1]) * 1024 ** ' KMG'.indexOf(match[2] || ' '));
  for (let at = 0; at < bytes.length; at += 65536) o.ctx.sys.getrandom(bytes.subarray(at, at + 65536));
  const text = flags.has('hex') ? `${toHex(bytes)}\n` : flags.has('base64') ? lines(toBase64(bytes)) : bytes;
  yield* output(o, values.get('out'), text);
  return 0;
};

/** Base64 in lines of 64. */
const lines = (text: string): string => (text.match(/.{1,64}/g) ?? []).map((line) => `${line}\n`).join('');

const genrsa: Command = function* (o, argv) {
  const { values, flags, rest } = yield* options(
    o,
    argv,
    'out rand passout',
    'traditional aes128 aes256 des3 3 F4 verbose quiet',
  );
  const bits = Number(rest[0] ?? 2048);
  if (!(bits >= 512 && bits <= 8192) || bits % 16 !== 0) return yield* refuse(o, `Bad number ${rest[0]}`);
  if (flags.has('aes256') || flags.has('aes128') || flags.has('des3'))
    return yield* fail(o, 'genrsa: keys with a pass phrase are not simulated');
  yield* output(o, values.get('out'), privatePem(yield* newKey(o, bits), flags.has('traditional')), 0o600);
  return 0;
};

const genpkey: Command = function* (o, argv) {
  const { values } = yield* options(o, argv, 'out algorithm pkeyopt pass outform', 'quiet');
  const kind = values.get('algorithm') ?? '';
  if (kind.toUpperCase() !== 'RSA')
    return yield* fail(o, `genpkey: algorithm ${kind || '(none)'} is not simulated (RSA is)`);
  const bits = Number(/rsa_keygen_bits:(\d+)/.exec(values.get('pkeyopt') ?? '')?.[1] ?? 2048);
  yield* output(o, values.get('out'), privatePem(yield* newKey(o, bits)), 0o600);
  return 0;
};

/** openssl rsa and pkey. */
const rsa: Command = function* (o, argv) {
  const { values, flags } = yield* options(
    o,
    argv,
    'in out passin passout inform outform',
    'pubin pubout text noout check modulus traditional',
  );
  const text = yield* textOf(o, values.get('in'), 'private key');
  const key = flags.has('pubin') ? undefined : readPrivate(text);
  const open = key ?? readPublic(text);
  if (!open)
    return yield* fail(
      o,
      `Could not read ${flags.has('pubin') ? 'public' : 'private'} key from ${values.get('in') ?? '<stdin>'}`,
    );
  if (flags.has('text')) {
    const bits = open.n.toString(2).length;
    const part = (label: string, value: bigint): string => `${label}:\n${hexBlock(value, '    ')}`;
    let out = key ? `Private-Key: (${bits} bit, 2 primes)\n` : `Public-Key: (${bits} bit)\n`;
    out += `${part(key ? 'modulus' : 'Modulus', open.n)}${key ? 'publicExponent' : 'Exponent'}: ${open.e} (0x${open.e.toString(16)})\n`;
    if (key)
      out +=
        part('privateExponent', key.d) +
        part('prime1', key.p) +
        part('prime2', key.q) +
        part('exponent1', key.d % (key.p - 1n)) +
        part('exponent2', key.d % (key.q - 1n));
    yield* output(o, values.get('out'), out);
  }
  if (flags.has('modulus')) yield* output(o, values.get('out'), `Modulus=${open.n.toString(16).toUpperCase()}\n`);
  if (flags.has('check')) yield* o.ctx.stdout.write(o.command === 'pkey' ? 'Key is valid\n' : 'RSA key ok\n');
  if (flags.has('noout')) return 0;
  yield* o.ctx.stdout.flush();
  if (o.command === 'rsa')
    yield* o.ctx.stderr.write(flags.has('pubin') || flags.has('pubout') ? 'writing RSA key\n' : 'writing RSA key\n');
  yield* output(
    o,
    values.get('out'),
    key && !flags.has('pubout') ? privatePem(key, flags.has('traditional')) : publicPem(open),
    0o600,
  );
  return 0;
};

const CIPHER = /^aes-?(128|192|256)-(cbc|ecb|ctr)$/;

/** openssl enc, and its kin named after a cipher. */
const enc = (named?: string): Command =>
  function* (o, argv) {
    const ciphers = ['128', '192', '256'].flatMap((bits) => ['cbc', 'ecb', 'ctr'].map((mode) => `aes-${bits}-${mode}`));
    const { values, flags } = yield* options(
      o,
      argv,
      'in out pass k kfile K iv S md iter',
      `e d a base64 A salt nosalt p P pbkdf2 none aes128 aes192 aes256 ${ciphers.join(' ')}`,
    );
    const short = ['aes128', 'aes192', 'aes256'].find((each) => flags.has(each));
    const cipher =
      named === 'base64'
        ? undefined
        : (named ?? ciphers.find((each) => flags.has(each)) ?? (short && `aes-${short.slice(3)}-cbc`));
    const base64 = flags.has('a') || flags.has('base64') || named === 'base64';
    const data = yield* input(o, values.get('in'), 'input');
    const out = values.get('out');
    const back = flags.has('d');
    let bytes = data;
    if (back && base64) {
      const plain = fromBase64(decode(data).replace(/\s+/g, ''));
      if (!plain) return yield* fail(o, 'error reading input file');
      bytes = plain;
    }
    const match = cipher === undefined ? null : CIPHER.exec(cipher);
    if (cipher !== undefined && !match) return yield* refuse(o, `Unknown cipher: ${cipher}`);
    if (match) {
      const result = yield* crypt(o, match[1]!, match[2] as AesMode, values, flags, bytes, back);
      if (result === undefined) return 0;
      bytes = result;
    }
    if (!back && base64) yield* output(o, out, flags.has('A') ? toBase64(bytes) : lines(toBase64(bytes)));
    else yield* output(o, out, bytes);
    return 0;
  };

const MAGIC = encode('Salted__');
const ITERATIONS = 10_000;

function* crypt(
  o: Openssl,
  bits: string,
  mode: AesMode,
  values: ReadonlyMap<string, string>,
  flags: ReadonlySet<string>,
  data: Uint8Array,
  back: boolean,
): Wait<Uint8Array | undefined> {
  const { sys, stderr } = o.ctx;
  const length = Number(bits) / 8;
  let key: Uint8Array;
  let iv: Uint8Array = new Uint8Array(16);
  let salt: Uint8Array = new Uint8Array(0);
  let body = data;
  if (values.has('K')) {
    key = new Uint8Array(length);
    key.set((fromHex(values.get('K')!) ?? new Uint8Array(0)).subarray(0, length));
    iv.set((fromHex(values.get('iv') ?? '') ?? new Uint8Array(0)).subarray(0, 16));
  } else {
    const pass =
      values.get('k') ??
      (values.has('kfile')
        ? (yield* textOf(o, values.get('kfile'), 'password')).split('\n')[0]!
        : values.has('pass')
          ? yield* secret(o, values.get('pass')!)
          : yield* askPassword(o, `aes-${bits}-${mode}`, back));
    if (flags.has('nosalt')) salt = new Uint8Array(0);
    else if (back && values.has('S')) salt = fromHex(values.get('S')!) ?? new Uint8Array(8);
    else if (back) {
      if (decode(data.subarray(0, 8)) !== 'Salted__') return yield* fail(o, 'bad magic number');
      salt = data.subarray(8, 16);
      body = data.subarray(16);
    } else {
      salt = values.has('S') ? (fromHex(values.get('S')!) ?? new Uint8Array(8)) : new Uint8Array(8);
      if (!values.has('S')) sys.getrandom(salt);
    }
    const slow = flags.has('pbkdf2') || values.has('iter');
    if (!slow)
      yield* stderr.write('*** WARNING : deprecated key derivation used.\nUsing -iter or -pbkdf2 would be better.\n');
    const material = slow
      ? yield* pbkdf2(o, encode(pass), salt, Number(values.get('iter') ?? ITERATIONS), length + 16)
      : bytesToKey(o, (values.get('md') ?? 'sha256') as DigestName, encode(pass), salt, length + 16);
    key = material.slice(0, length);
    iv = material.slice(length, length + 16);
  }
  if (flags.has('p') || flags.has('P')) {
    if (salt.length > 0) yield* o.ctx.stdout.write(`salt=${toHex(salt).toUpperCase()}\n`);
    yield* o.ctx.stdout.write(
      `key=${toHex(key).toUpperCase()}\n${mode === 'ecb' ? '' : `iv =${toHex(iv).toUpperCase()}\n`}`,
    );
    if (flags.has('P')) return undefined;
  }
  const tick = (): boolean => sys.tick();
  if (back) {
    const plain = yield* aesDecrypt(key, iv, mode, body, tick);
    return plain ?? (yield* fail(o, 'bad decrypt'));
  }
  const encrypted = yield* aesEncrypt(key, iv, mode, body, tick);
  // A salt that was given is known to who reads it: it is not written.
  return salt.length > 0 && !values.has('S') ? joinBytes([MAGIC, salt, encrypted]) : encrypted;
}

function* askPassword(o: Openssl, cipher: string, back: boolean): Wait<string> {
  const ask = function* (words: string): Wait<string> {
    yield* o.ctx.stderr.write(words);
    const line = (yield* o.ctx.stdin.line()) ?? '';
    yield* o.ctx.stderr.write('\n');
    return line;
  };
  const kind = `${cipher.toUpperCase()} ${back ? 'decryption' : 'encryption'}`;
  const pass = yield* ask(`enter ${kind} password:`);
  if (back) return pass;
  if ((yield* ask(`Verifying - enter ${kind} password:`)) !== pass)
    return yield* fail(o, 'Verify failure\nbad password read');
  return pass;
}

/** EVP_BytesToKey with one round. */
function bytesToKey(o: Openssl, name: DigestName, pass: Uint8Array, salt: Uint8Array, length: number): Uint8Array {
  const hash = o.hashes[name] ?? o.hashes.sha256;
  let out = new Uint8Array(0);
  for (let last = new Uint8Array(0); out.length < length; ) {
    last = Uint8Array.from(
      hash
        .create()
        .update(joinBytes([last, pass, salt]))
        .digest(),
    );
    out = Uint8Array.from(joinBytes([out, last]));
  }
  return out;
}

/** PBKDF2 with HMAC-SHA256. @see RFC 8018 */
function* pbkdf2(o: Openssl, pass: Uint8Array, salt: Uint8Array, rounds: number, length: number): Wait<Uint8Array> {
  const parts: Uint8Array[] = [];
  for (let block = 1; block * 32 < length + 32; block++) {
    let u = hmac(o.hashes.sha256, pass, joinBytes([salt, Uint8Array.of(0, 0, 0, block)]));
    const t = u.slice();
    for (let i = 1; i < rounds; i++) {
      u = hmac(o.hashes.sha256, pass, u);
      for (let j = 0; j < t.length; j++) t[j]! ^= u[j]!;
      if (o.ctx.sys.tick()) yield;
    }
    parts.push(t);
  }
  return joinBytes(parts).subarray(0, length);
}

/** openssl s_client: the certificate of a server of the simulated internet. */
const sClient: Command = function* (o, argv) {
  const { values, rest } = yield* options(
    o,
    argv,
    'connect servername CAfile showcerts_ starttls',
    'showcerts brief quiet tls1_2 tls1_3 verify_return_error',
  );
  const { sys, stdout, stderr } = o.ctx;
  const [host = 'localhost', port = '443'] = (values.get('connect') ?? rest[0] ?? 'localhost:4433').split(':');
  const found = yield* resolve(sys, host, {});
  if (typeof found === 'string') {
    yield* stderr.write(`BIO_lookup_ex:Name or service not known\nconnect:errno=22\n`);
    return 1;
  }
  const fd = yield* connectTcp(sys, found.addresses[0]!, Number(port));
  if (fd < 0) {
    yield* stderr.write(`connect:errno=${-fd}\n`);
    return 1;
  }
  yield* stdout.write('CONNECTED(00000003)\n');
  const secured = yield* secure(sys, fd, values.get('servername') ?? host, values.get('CAfile'));
  sys.close(fd);
  if (typeof secured === 'string') {
    yield* stdout.write('---\nno peer certificate available\n---\n');
    return 1;
  }
  const { certificate: c, trust } = secured;
  const [code, words] =
    trust === undefined
      ? [0, 'ok']
      : trust === 'self-signed'
        ? [18, 'self-signed certificate']
        : trust === 'expired'
          ? [10, 'certificate has expired']
          : [20, 'unable to get local issuer certificate'];
  yield* stdout.write(
    `---\nCertificate chain\n 0 s:CN = ${c.subject}\n   i:CN = ${c.issuer}\n   v:NotBefore: ${timeText(c.notBefore)}; NotAfter: ${timeText(c.notAfter)}\n---\nsubject=CN = ${c.subject}\n\nissuer=CN = ${c.issuer}\n\n---\nVerify return code: ${code} (${words})\n---\n`,
  );
  return 0;
};

const version: Command = function* (o, argv) {
  const text = o.ctx.sys.image.version || '3.0.13 30 Jan 2024';
  const number = text.split(' ')[0]!;
  yield* o.ctx.stdout.write(`OpenSSL ${text} (Library: OpenSSL ${text})\n`);
  if (argv.includes('-a') || argv.includes('-d')) yield* o.ctx.stdout.write(`OPENSSLDIR: "/usr/lib/ssl"\n`);
  return number === '' ? 1 : 0;
};

/** The command of a name; undefined where there is none. */
export function commandOf(name: string): Command | undefined {
  if (HASHES.includes(name as DigestName)) return dgst(name as DigestName);
  if (CIPHER.test(name) || name === 'base64') return enc(name);
  const table: Readonly<Record<string, Command>> = {
    dgst: dgst(),
    rand,
    genrsa,
    genpkey,
    rsa,
    pkey: rsa,
    enc: enc(),
    req,
    x509,
    verify,
    s_client: sClient,
    version,
  };
  return table[name];
}

/** Names of the commands, for help. */
export const commandNames = 'base64 dgst enc genpkey genrsa pkey rand req rsa s_client verify version x509'.split(' ');
