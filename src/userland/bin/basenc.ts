import {
  BASE_OPTIONS,
  BASE2LSBF,
  BASE2MSBF,
  BASE16,
  BASE32,
  BASE32HEX,
  BASE64,
  BASE64URL,
  type Coding,
  runBaseProgram,
  Z85,
} from '../../libc/base-program.ts';
import { program } from '../../libc/program.ts';

const CODINGS: Readonly<Record<string, Coding>> = {
  base64: BASE64,
  base64url: BASE64URL,
  base32: BASE32,
  base32hex: BASE32HEX,
  base16: BASE16,
  base2msbf: BASE2MSBF,
  base2lsbf: BASE2LSBF,
  z85: Z85,
};

export default program({
  name: 'basenc',
  at: ['/usr/bin/basenc'],
  spec: 'GNU coreutils 9.4 basenc(1)',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION]... [FILE]',
  about: 'Encode or decode FILE, or standard input, to standard output, in an encoding of your choice.',
  options: {
    base64: { help: "same as 'base64' program (RFC4648 section 4)" },
    base64url: { help: 'file- and url-safe base64 (RFC4648 section 5)' },
    base32: { help: "same as 'base32' program (RFC4648 section 6)" },
    base32hex: { help: 'extended hex alphabet base32 (RFC4648 section 7)' },
    base16: { help: 'hex encoding (RFC4648 section 8)' },
    base2msbf: { help: 'bit string with most significant bit (msb) first' },
    base2lsbf: { help: 'bit string with least significant bit (lsb) first' },
    ...BASE_OPTIONS,
    z85: { help: 'ascii85-like encoding (ZeroMQ spec:32/Z85)' },
  },
  *main(ctx) {
    const chosen = ctx.order.findLast(({ key }) => key in CODINGS)?.key;
    if (chosen === undefined) return yield* ctx.usage('missing encoding type');
    return yield* runBaseProgram(ctx, CODINGS[chosen]!);
  },
});
