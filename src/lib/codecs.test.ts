import { expect, test } from 'vitest';
import { fromBase64 } from './base64.ts';
import { bunzip2 } from './bzip2.ts';
import { bzip2 } from './bzip2-encode.ts';
import { type Codec, runCodec } from './codec.ts';
import { loadHash } from './hash.ts';
import { decode, encode } from './utf8.ts';
import { unxz } from './xz.ts';
import { lzmaAlone, xz } from './xz-encode.ts';
import { loadZstd, unzstd, zstd } from './zstd.ts';

const library = await loadZstd();
const xxh = await loadHash('xxhash64');
const sha256 = await loadHash('sha256');
const numbers = Array.from({ length: 200 }, (_, i) => `${i + 1}\n`).join('');

test.each([
  [
    'bzip2 1.0.8',
    () => bunzip2(),
    'QlpoOTFBWSZTWeW18wkAAARRAAAQQAACRKAAIbUYDAKQacKjC7kinChIctr5hIA=',
    'hello hello hello\n',
  ],
  [
    'xz 5.4.1',
    () => unxz(),
    '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AKzANVdABiCgo8iTvimVffwmaUlDZBFkVpRtJvKrNwFMuyFUp+xSG3v3OhLuWG64JxTf5jIqVQO/D0q0wbXZkQ9VmSmzT3Xxx9E9BjfAgs/4sbGe+Hnf3lEHHm3Qq5luBu1DoThmoIGIzlaf3KqQ/qlmh+SwL5FcXlK1ZPGkAo5rZxlhyq2GjjH4ZMXytA+CeqwUvAQYCbAXl8QkQ25eXh9l0Jg0KY4d+Ej6LsoT4hSLXVYJj9m/eKc69OvYdk1ev/7YrE8fJMc8mS4TRyFKrFcAAY2AUrrpRk/YAAAAAAqY7pSQQQm/AAB8QG0BQAA9ywgtLHEZ/sCAAAAAARZWg==',
    numbers,
  ],
  ['xz --format=lzma', () => unxz(), 'XQAAgAD//////////wA0GUnujd09Ot///90SAAA=', 'hello\n'],
  [
    'zstd 1.5.4 -19',
    () => unzstd(xxh),
    'KLUv/QRoJQkARitICrDlGCRJQmxM5HRFAEcAQACXoAzkkUYWSeSQQgY5Ccgw3mhjjTTOKGOMj2AM4okmlkjiiCKGuAjEEF5oYYUUTihhhIcgDHtrW0s7Kxv7gg2eZkmOYnivvPH+gjeAPbAGtsAS2AErYAPsYAHYELygBStIwQlKMIIHQTCcd9pZJ51zyhnnJziDeaaZZZI5pphhbgIzlFdaWSWVU0oZZUZbtEQ7tEIbtNMC2jB7szZbszQ7szIbs8+C2SB7siZbsiQ7siIbsssC2RB7sRZbsRQ7sRIbsceC2PDea2+99E4CEIawF9bCVlgKO2ElbIQ9LAgbbu/WbuuWbudWbuP2W3AbbM/WbMuWbMdWbMN2W2Abaq/WaquWaqdWaqP2WlAbaI82AANMw8s=',
    numbers,
  ],
] as [string, () => Codec<string>, string, string][])(
  'what %s packed is unpacked, and each damaged or missing byte is found',
  (_, unpack, packed, text) => {
    const bytes = fromBase64(packed)!;
    const out = runCodec(unpack(), bytes);
    expect(typeof out === 'string' ? out : decode(out)).toBe(text);
    for (let cut = 1; cut < bytes.length; cut += 7)
      expect(runCodec(unpack(), bytes.subarray(0, cut))).toBeTypeOf('string');
  },
);

/** Noise that is the same every time. */
function noise(length: number): Uint8Array {
  let state = 12345;
  return Uint8Array.from({ length }, () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state >> 16;
  });
}

const INPUTS: Readonly<Record<string, Uint8Array>> = {
  nothing: new Uint8Array(0),
  'one byte': encode('a'),
  text: encode(numbers.repeat(40)),
  'a long run': new Uint8Array(400_000),
  'runs of 255 and 259': encode(`${'x'.repeat(255)}y${'z'.repeat(259)}`.repeat(20)),
  noise: noise(150_000),
  'noise between runs': new Uint8Array([...noise(70_000), ...new Uint8Array(70_000), ...noise(70_000)]),
};

test.each(Object.keys(INPUTS))('%s goes through all packers and back', (name) => {
  const input = INPUTS[name]!;
  const pairs: [Codec<string>, () => Codec<string>][] = [
    [bzip2(1), bunzip2],
    [xz({ preset: 0 }), () => unxz({ only: 'xz' })],
    [xz({ preset: 6, check: 10, sha256: () => sha256.create() }), () => unxz({ sha256: () => sha256.create() })],
    [lzmaAlone(3), () => unxz({ only: 'lzma' })],
    [zstd(library, 3, xxh), () => unzstd(xxh)],
    [zstd(library, 1, undefined), () => unzstd(xxh)],
  ];
  for (const [pack, unpack] of pairs) {
    const packed = runCodec(pack, input);
    const back = typeof packed === 'string' ? packed : runCodec(unpack(), packed);
    expect(typeof back === 'string' ? back : back.length).toBe(input.length);
    expect(sha256.hex(back as Uint8Array)).toBe(sha256.hex(input));
  }
});

test('a changed byte is found by the checksum', () => {
  for (const [pack, unpack] of [
    [bzip2(9), bunzip2],
    [xz(), unxz],
    [zstd(library, 3, xxh), () => unzstd(xxh)],
  ] as [Codec<string>, () => Codec<string>][]) {
    const packed = runCodec(pack, encode(numbers)) as Uint8Array;
    for (let at = 12; at < packed.length; at += 11) {
      const damaged = packed.slice();
      damaged[at]! ^= 0x10;
      const out = runCodec(unpack(), damaged);
      if (typeof out !== 'string') expect(decode(out)).toBe(numbers);
    }
  }
});
