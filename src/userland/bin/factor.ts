import type { Sys } from '../../abi/sys.ts';
import type { Wait } from '../../libc/io.ts';
import { program } from '../../libc/program.ts';
import { localeQuote } from '../../libc/shell-quote.ts';

export default program({
  name: 'factor',
  at: ['/usr/bin/factor'],
  spec: 'GNU coreutils 9.4 factor(1), by trial division',
  version: '(GNU coreutils) 9.4',
  usage: '[OPTION] [NUMBER]...',
  about: 'Print the prime factors of each specified integer NUMBER.',
  options: { exponents: { short: 'h', busybox: false, help: 'print repeated factors in form p^e unless e is 1' } },
  busybox: {
    at: '/usr/bin/factor',
    usage: '[NUMBER]...',
    help: 'Print prime factors\n',
  },
  *main(ctx) {
    let status = 0;
    const one = function* (text: string): Wait<void> {
      if (!/^\+?\d+$/.test(text)) {
        status = 1;
        yield* ctx.warn(
          ctx.form === 'gnu' ? `${localeQuote(text)} is not a valid positive integer` : `invalid number '${text}'`,
        );
        return;
      }
      const factors = yield* factorsOf(ctx.sys, BigInt(text.replace('+', '')));
      let shown = factors.map(String);
      if (ctx.opts.exponents)
        shown = [...new Set(shown)].map((p) => {
          const n = shown.filter((q) => q === p).length;
          return n === 1 ? p : `${p}^${n}`;
        });
      yield* ctx.stdout.write(`${[`${BigInt(text.replace('+', ''))}:`, ...shown].join(' ')}\n`);
    };
    if (ctx.args.length > 0) {
      for (const text of ctx.args) yield* one(text);
      return status;
    }
    for (let line; (line = yield* ctx.stdin.line()) !== undefined; )
      for (const word of line.split(/\s+/)) if (word !== '') yield* one(word);
    return status;
  },
});

function* factorsOf(sys: Sys, value: bigint): Wait<bigint[]> {
  const out: bigint[] = [];
  let n = value;
  for (const p of [2n, 3n])
    while (n > 1n && n % p === 0n) {
      out.push(p);
      n /= p;
    }
  if (n > BigInt(Number.MAX_SAFE_INTEGER)) {
    for (let p = 5n; p * p <= n; p += p % 6n === 5n ? 2n : 4n) {
      while (n % p === 0n) {
        out.push(p);
        n /= p;
      }
      if (sys.tick()) yield;
    }
    if (n > 1n) out.push(n);
    return out;
  }
  let m = Number(n);
  for (let p = 5; p * p <= m; p += p % 6 === 5 ? 2 : 4) {
    while (m % p === 0) {
      out.push(BigInt(p));
      m /= p;
    }
    if ((p & 63) < 4 && sys.tick()) yield;
  }
  if (m > 1) out.push(BigInt(m));
  return out;
}
