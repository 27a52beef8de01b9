import { loadHash } from '../../lib/hash.ts';
import { program } from '../../libc/program.ts';
import { commandNames, commandOf } from '../openssl/commands.ts';

/** Commands that exist and are not here. */
const ELSEWHERE =
  'asn1parse ca ciphers cms crl crl2pkcs7 dhparam dsa ec ecparam list nseq ocsp passwd pkcs12 pkcs7 pkcs8 pkeyutl prime s_server s_time sess_id smime speed spkac srp ts'.split(
    ' ',
  );

const names = ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const;

export default Promise.all(names.map(loadHash)).then(([md5, sha1, sha224, sha256, sha384, sha512]) => {
  const hashes = { md5: md5!, sha1: sha1!, sha224: sha224!, sha256: sha256!, sha384: sha384!, sha512: sha512! };
  return program({
    name: 'openssl',
    at: ['/usr/bin/openssl'],
    spec: 'OpenSSL 3.0: version, dgst, rand, enc (AES), genrsa, genpkey, rsa, pkey (RSA), req, x509, verify, s_client; keys without pass phrase, no EC, no configuration file',
    usage: 'command [options] [arguments]',
    about: 'OpenSSL command line program.',
    options: {},
    raw: true,
    *main(ctx) {
      const [name, ...argv] = ctx.args;
      if (name === undefined || name === 'help' || name === '-help' || name === '--help') {
        yield* ctx.stdout.write(
          `help:\n\nStandard commands that are here\n${commandNames
            .map((each) => each.padEnd(18))
            .join('')
            .replace(/(.{72})/g, '$1\n')
            .trimEnd()}\n`,
        );
        return 0;
      }
      const command = commandOf(name === '--version' || name === '-v' ? 'version' : name);
      if (command) return yield* command({ ctx, hashes, command: name }, argv);
      yield* ctx.stderr.write(
        ELSEWHERE.includes(name)
          ? `openssl: '${name}' is not simulated in Drydock\n`
          : `Invalid command '${name}'; type "help" for a list.\n`,
      );
      return 1;
    },
  });
});
