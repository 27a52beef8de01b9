import { CLOCK_REALTIME } from '../../abi/flags.ts';
import { bytesOf, der, numberOf, OCTET_STRING, parseDer, parsePem, pem, SEQUENCE } from '../../lib/der.ts';
import { generateRsa, modPow, type RsaKey, type RsaPublic, rsaPrivate, signaturePad } from '../../lib/rsa.ts';
import type { Wait } from '../../libc/io.ts';
import { isDir } from '../../libc/paths.ts';
import {
  altNames,
  bodyDer,
  certificateText,
  EXTENSIONS,
  type Extension,
  type Name,
  nameDer,
  nameText,
  type ParsedCertificate,
  parseCertificate,
  parseRequest,
  parseSubject,
  requestDer,
  requestText,
  serialPairs,
  signedDer,
  timeText,
} from './certificate.ts';
import { type Command, fail, type Openssl, options, output, textOf } from './context.ts';
import { algorithm, privatePem, publicInfo, publicPem, readPrivate } from './keys.ts';

const DIGESTS = {
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
  sha1: '1.3.14.3.2.26',
} as const;
export type SignDigest = keyof typeof DIGESTS;

const lengthOf = (key: RsaPublic): number => Math.ceil(key.n.toString(2).length / 8);

function fill(value: bigint, length: number): Uint8Array {
  const bytes = bytesOf(value);
  const out = new Uint8Array(length);
  out.set(bytes, length - bytes.length);
  return out;
}

function padded(o: Openssl, data: Uint8Array, digest: SignDigest, length: number): Uint8Array {
  const hash = o.hashes[digest].create().update(data).digest();
  return signaturePad(der(SEQUENCE, algorithm(DIGESTS[digest]), der(OCTET_STRING, hash)), length);
}

/** Signs as PKCS#1 v1.5. */
export function* sign(o: Openssl, key: RsaKey, data: Uint8Array, digest: SignDigest = 'sha256'): Wait<Uint8Array> {
  const length = lengthOf(key);
  const block = numberOf(padded(o, data, digest, length));
  return fill(yield* rsaPrivate(key, block, () => o.ctx.sys.tick()), length);
}

export function* isSigned(
  o: Openssl,
  key: RsaPublic,
  data: Uint8Array,
  signature: Uint8Array,
  digest: SignDigest = 'sha256',
): Wait<boolean> {
  const opened = yield* modPow(numberOf(signature), key.e, key.n, () => o.ctx.sys.tick());
  return opened === numberOf(padded(o, data, digest, lengthOf(key)));
}

/** Makes a key, with the dots that openssl prints meanwhile left out. */
export function* newKey(o: Openssl, bits: number): Wait<RsaKey> {
  const { sys } = o.ctx;
  return yield* generateRsa(
    bits,
    (bytes) => void sys.getrandom(bytes),
    () => sys.tick(),
  );
}

function keyId(o: Openssl, info: Uint8Array): Uint8Array {
  const bits = parseDer(info)!.children[1]!.bytes.subarray(1);
  return o.hashes.sha1.create().update(bits).digest();
}

function* readKey(o: Openssl, path: string): Wait<RsaKey> {
  const key = readPrivate(yield* textOf(o, path, 'private key'));
  if (key) return key;
  return yield* fail(o, `Could not read private key from ${path}`);
}

function randomSerial(o: Openssl): bigint {
  const bytes = new Uint8Array(20);
  o.ctx.sys.getrandom(bytes);
  bytes[0]! &= 0x7f;
  bytes[0]! |= 0x40;
  return numberOf(bytes);
}

const now = (o: Openssl): number => Math.floor(o.ctx.sys.now(CLOCK_REALTIME) / 1000);

/** What -addext and -extfile may say; the rest is refused. */
function* extension(o: Openssl, text: string): Wait<Extension> {
  const match = /^\s*(\w+)\s*=\s*(.*)$/.exec(text);
  const [, name = '', value = ''] = match ?? [];
  if (name === 'subjectAltName') return altNames(value);
  if (name === 'basicConstraints') {
    const critical = /critical/.test(value);
    const ca = /CA:true/i.test(value);
    return { id: EXTENSIONS.basic, critical, value: der(SEQUENCE, ...(ca ? [Uint8Array.of(1, 1, 0xff)] : [])) };
  }
  return yield* fail(o, `Error checking extension ${text}`);
}

/** The questions that req asks where no subject is given. */
function* askSubject(o: Openssl): Wait<Name> {
  const { stderr, stdin } = o.ctx;
  yield* stderr.write(
    "You are about to be asked to enter information that will be incorporated\ninto your certificate request.\nWhat you are about to enter is what is called a Distinguished Name or a DN.\nThere are quite a few fields but you can leave some blank\nFor some fields there will be a default value,\nIf you enter '.', the field will be left blank.\n-----\n",
  );
  const out: [string, string][] = [];
  for (const [short, question, usual] of [
    ['C', 'Country Name (2 letter code)', 'AU'],
    ['ST', 'State or Province Name (full name)', 'Some-State'],
    ['L', 'Locality Name (eg, city)', ''],
    ['O', 'Organization Name (eg, company)', 'Internet Widgits Pty Ltd'],
    ['OU', 'Organizational Unit Name (eg, section)', ''],
    ['CN', 'Common Name (e.g. server FQDN or YOUR name)', ''],
    ['emailAddress', 'Email Address', ''],
  ] as const) {
    yield* stderr.write(`${question} [${usual}]:`);
    const answer = ((yield* stdin.line()) ?? '').trim();
    const value = answer === '' ? usual : answer === '.' ? '' : answer;
    if (value !== '') out.push([short, value]);
  }
  return out;
}

/** openssl req */
export const req: Command = function* (o, argv) {
  const { values, many, flags } = yield* options(
    o,
    argv,
    'key keyout out in newkey days subj addext config extensions reqexts set_serial passout passin keyform inform outform',
    'new x509 nodes noenc noout text verify subject pubkey sha256 sha512 batch utf8 newhdr',
  );
  const out = values.get('out');
  if (values.has('in')) return yield* showRequest(o, values.get('in')!, out, flags);
  let key: RsaKey;
  if (values.has('key')) key = yield* readKey(o, values.get('key')!);
  else {
    const bits = /^rsa(?::(\d+))?$/.exec(values.get('newkey') ?? 'rsa:2048');
    if (!bits) return yield* fail(o, `Error: key type ${values.get('newkey')} is not simulated (RSA is)`);
    key = yield* newKey(o, Number(bits[1] ?? 2048));
    if (!flags.has('nodes') && !flags.has('noenc') && !values.has('passout'))
      yield* o.ctx.stderr.write('the key is written without encryption (keys with a pass phrase are not simulated)\n');
    yield* output(o, values.get('keyout') ?? 'privkey.pem', privatePem(key), 0o600);
    yield* o.ctx.stderr.write('-----\n');
  }
  const subject = values.has('subj')
    ? parseSubject(values.get('subj')!)
    : flags.has('batch')
      ? []
      : yield* askSubject(o);
  if (!subject)
    return yield* fail(
      o,
      `req: subject name is expected to be in the format /type0=value0/type1=value1/type2=... where characters may be escaped by \\. This name is not in that format: '${values.get('subj')}'`,
    );
  const added: Extension[] = [];
  for (const text of many.get('addext') ?? []) added.push(yield* extension(o, text));
  const info = publicInfo(key);
  if (!flags.has('x509')) {
    const body = requestDer(subject, info, added);
    yield* output(o, out, pem('CERTIFICATE REQUEST', signedDer(body, yield* sign(o, key, body))));
    return 0;
  }
  const id = keyId(o, info);
  const basic = added.some((e) => e.id === EXTENSIONS.basic)
    ? []
    : [{ id: EXTENSIONS.basic, critical: true, value: der(SEQUENCE, Uint8Array.of(1, 1, 0xff)) }];
  const body = bodyDer({
    serial: values.has('set_serial') ? BigInt(values.get('set_serial')!) : randomSerial(o),
    issuer: nameDer(subject),
    subject: nameDer(subject),
    notBefore: now(o),
    notAfter: now(o) + Number(values.get('days') ?? 30) * 86400,
    publicKey: info,
    extensions: [
      { id: EXTENSIONS.subjectKey, critical: false, value: der(OCTET_STRING, id) },
      { id: EXTENSIONS.authorityKey, critical: false, value: der(SEQUENCE, der(0x80, id)) },
      ...basic,
      ...added,
    ],
  });
  yield* output(o, out, pem('CERTIFICATE', signedDer(body, yield* sign(o, key, body))));
  return 0;
};

function* showRequest(o: Openssl, path: string, out: string | undefined, flags: ReadonlySet<string>): Wait<number> {
  const text = yield* textOf(o, path, 'certificate request');
  const block = parsePem(text).find(({ label }) => /CERTIFICATE REQUEST$/.test(label));
  const request = block && parseRequest(block.bytes);
  if (!request) return yield* fail(o, `Unable to load X509 request from ${path}`);
  if (flags.has('verify')) {
    const good = request.key && (yield* isSigned(o, request.key, request.body, request.signature));
    yield* o.ctx.stderr.write(
      good ? 'Certificate request self-signature verify OK\n' : 'Certificate request self-signature verify failure\n',
    );
  }
  if (flags.has('text')) yield* output(o, out, requestText(request));
  if (flags.has('subject')) yield* output(o, out, `subject=${nameText(request.subject)}\n`);
  if (flags.has('pubkey') && request.key) yield* output(o, out, publicPem(request.key));
  if (!flags.has('noout')) yield* output(o, out, pem('CERTIFICATE REQUEST', block!.bytes));
  return 0;
}

function* loadCertificate(o: Openssl, path: string | undefined): Wait<{ bytes: Uint8Array; c: ParsedCertificate }> {
  const text = yield* textOf(o, path, 'certificate');
  const block = parsePem(text).find(({ label }) => label === 'CERTIFICATE');
  const c = block && parseCertificate(block.bytes);
  if (c) return { bytes: block.bytes, c };
  return yield* fail(o, `Could not read certificate from ${path ?? '<stdin>'}\nUnable to load certificate`);
}

/** openssl x509 */
export const x509: Command = function* (o, argv) {
  const { values, flags } = yield* options(
    o,
    argv,
    'in out days CA CAkey CAserial signkey key extfile extensions set_serial inform outform checkend ext nameopt passin',
    'req noout text subject issuer dates startdate enddate serial fingerprint sha256 sha1 md5 pubkey hash CAcreateserial new purpose copy_extensions modulus email',
  );
  if (flags.has('req')) return yield* signRequest(o, values);
  const { bytes, c } = yield* loadCertificate(o, values.get('in'));
  const { stdout } = o.ctx;
  if (values.has('checkend')) {
    const good = c.notAfter > now(o) + Number(values.get('checkend'));
    yield* stdout.write(`Certificate will ${good ? 'not expire' : 'expire'}\n`);
    return good ? 0 : 1;
  }
  for (const word of argv) {
    if (word === '-subject') yield* stdout.write(`subject=${nameText(c.subject)}\n`);
    else if (word === '-issuer') yield* stdout.write(`issuer=${nameText(c.issuer)}\n`);
    else if (word === '-serial')
      yield* stdout.write(`serial=${serialPairs(c.serial).replaceAll(':', '').toUpperCase()}\n`);
    else if (word === '-startdate' || word === '-dates')
      yield* stdout.write(
        `notBefore=${timeText(c.notBefore)}\n${word === '-dates' ? `notAfter=${timeText(c.notAfter)}\n` : ''}`,
      );
    else if (word === '-enddate') yield* stdout.write(`notAfter=${timeText(c.notAfter)}\n`);
    else if (word === '-pubkey' && c.key) yield* stdout.write(publicPem(c.key));
    else if (word === '-modulus' && c.key) yield* stdout.write(`Modulus=${c.key.n.toString(16).toUpperCase()}\n`);
    else if (word === '-text') yield* stdout.write(certificateText(c));
    else if (word === '-fingerprint') {
      const name = flags.has('sha256') ? 'sha256' : flags.has('md5') ? 'md5' : 'sha1';
      const hex = o.hashes[name].create().update(bytes).digestHex().toUpperCase().match(/../g)!.join(':');
      yield* stdout.write(`${name === 'sha1' ? 'SHA1' : name} Fingerprint=${hex}\n`);
    }
  }
  if (values.has('ext')) {
    const text = certificateText(c);
    const wanted =
      values.get('ext') === 'subjectAltName'
        ? /^ {12}(X509v3 Subject Alternative Name:[\s\S]*?\n {16}.*)\n/m.exec(text)
        : null;
    yield* stdout.write(wanted ? `${wanted[1]!.replace(/^ {12}/gm, '')}\n` : 'No extensions matching in certificate\n');
  }
  if (!flags.has('noout')) yield* output(o, values.get('out'), pem('CERTIFICATE', bytes));
  return 0;
};

/** x509 -req: makes a certificate of a request, signed by a CA or by its own key. */
function* signRequest(o: Openssl, values: ReadonlyMap<string, string>): Wait<number> {
  const text = yield* textOf(o, values.get('in'), 'certificate request');
  const block = parsePem(text).find(({ label }) => /CERTIFICATE REQUEST$/.test(label));
  const request = block && parseRequest(block.bytes);
  if (!request?.key)
    return yield* fail(
      o,
      `Could not read certificate request from ${values.get('in')}\nUnable to load certificate request`,
    );
  const good = yield* isSigned(o, request.key, request.body, request.signature);
  yield* o.ctx.stderr.write(
    good
      ? 'Certificate request self-signature ok\n'
      : 'Certificate request self-signature did not match the contents\n',
  );
  if (!good) return 1;
  yield* o.ctx.stderr.write(`subject=${nameText(request.subject)}\n`);
  const ca = values.has('CA') ? yield* loadCertificate(o, values.get('CA')) : undefined;
  const keyPath = ca ? (values.get('CAkey') ?? values.get('CA')!) : (values.get('signkey') ?? values.get('key'));
  if (keyPath === undefined)
    return yield* fail(o, 'We need a private key to sign with, use -key or -CA or -CAkey with private key');
  const key = yield* readKey(o, keyPath);
  const extensions: Extension[] = [];
  if (values.has('extfile')) {
    for (const line of (yield* textOf(o, values.get('extfile'), 'extensions')).split('\n')) {
      if (/^\s*(?:#|\[|$)/.test(line)) continue;
      if (/^\s*(?:subjectAltName|basicConstraints)\s*=/.test(line) && !/@/.test(line))
        extensions.push(yield* extension(o, line));
    }
  }
  const info = request.publicInfo;
  if (extensions.length > 0) {
    extensions.push({ id: EXTENSIONS.subjectKey, critical: false, value: der(OCTET_STRING, keyId(o, info)) });
    extensions.push({
      id: EXTENSIONS.authorityKey,
      critical: false,
      value: der(SEQUENCE, der(0x80, keyId(o, ca ? ca.c.publicInfo : info))),
    });
  }
  const body = bodyDer({
    serial: values.has('set_serial') ? BigInt(values.get('set_serial')!) : randomSerial(o),
    issuer: nameDer(ca ? ca.c.subject : request.subject),
    subject: nameDer(request.subject),
    notBefore: now(o),
    notAfter: now(o) + Number(values.get('days') ?? 30) * 86400,
    publicKey: info,
    extensions,
  });
  yield* output(o, values.get('out'), pem('CERTIFICATE', signedDer(body, yield* sign(o, key, body))));
  return 0;
}

/** openssl verify */
export const verify: Command = function* (o, argv) {
  const { values, rest } = yield* options(
    o,
    argv,
    'CAfile CApath untrusted purpose',
    'verbose partial_chain x509_strict show_chain',
  );
  let status = 0;
  const path = values.get('CAfile') ?? '/etc/ssl/certs/ca-certificates.crt';
  const trusted: ParsedCertificate[] = [];
  if (!isDir(o.ctx.sys, path) && o.ctx.sys.access(path, 4) === 0)
    for (const { label, bytes } of parsePem(yield* textOf(o, path, 'certificate'))) {
      const c = label === 'CERTIFICATE' ? parseCertificate(bytes) : undefined;
      if (c) trusted.push(c);
    }
  for (const file of rest) {
    const { c } = yield* loadCertificate(o, file);
    const issuer = trusted.find((each) => nameText(each.subject) === nameText(c.issuer));
    const known = issuer?.key && (yield* isSigned(o, issuer.key, c.body, c.signature));
    const self = nameText(c.issuer) === nameText(c.subject);
    const [code, words] = !known
      ? self
        ? [18, 'self-signed certificate']
        : [20, 'unable to get local issuer certificate']
      : c.notAfter < now(o)
        ? [10, 'certificate has expired']
        : [0, ''];
    if (code === 0) yield* o.ctx.stdout.write(`${file}: OK\n`);
    else {
      yield* o.ctx.stdout.flush();
      yield* o.ctx.stderr.write(
        `${nameText(c.subject)}\nerror ${code} at 0 depth lookup: ${words}\nerror ${file}: verification failed\n`,
      );
      status = 2;
    }
  }
  return status;
};
