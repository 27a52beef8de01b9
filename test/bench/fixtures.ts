import { randomFillSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Machine } from '../../src/machine/index.ts';
import { bash, type Run, timed } from './host.ts';

/** A folder that holds the same files for the real programs and, under the same path, in the machine. */
export interface Fixtures {
  readonly path: string;
  remove(): void;
}

const lines = (count: number, line: (i: number) => string): Buffer =>
  Buffer.from(Array.from({ length: count }, (_, i) => `${line(i)}\n`).join(''));

/** Trees of small files, made by the same script on both sides. */
const TREES = `mkdir -p $FIX/many $FIX/t1000; cd $FIX
for ((d = 0; d < 100; d++)); do mkdir many/d$d; for ((k = 0; k < 100; k++)); do echo x >many/d$d/f$k.txt; done; done
printf -v text %01000d 7
for ((k = 0; k < 1000; k++)); do echo -n $text >t1000/f$k; done`;

/** Makes what the cases read: `l500k`, `l100k`, `f20m`, `f5m`, `many`, `t1000`. */
export async function makeFixtures(machine: Machine, real: (script: string, path: string) => void): Promise<Fixtures> {
  const path = mkdtempSync(join(tmpdir(), 'drydock-bench-fix-'));
  const random = new Uint8Array(20 << 20);
  randomFillSync(random.subarray(0, 1 << 20));
  for (let i = 1; i < 20; i++) random.copyWithin(i << 20, 0, 1 << 20);
  const l500k = lines(500_000, (i) => `${i} word${i % 97} ${(i * 7) % 1000}`);
  const files: Record<string, Uint8Array> = {
    l500k,
    l100k: lines(100_000, (i) => `line ${i} the quick brown fox ${i % 13}`),
    f20m: random,
    f5m: l500k.subarray(0, 5 << 20),
  };
  mkdirSync(path, { recursive: true });
  await bash(machine, `mkdir -p ${path}`);
  for (const [name, bytes] of Object.entries(files)) {
    writeFileSync(join(path, name), bytes);
    await fed(machine, ['/bin/bash', '-c', `cat >${path}/${name}`], bytes);
  }
  real(TREES, path);
  await bash(machine, TREES, path);
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Runs a program with bytes on its standard input. */
function fed(machine: Machine, argv: readonly string[], bytes: Uint8Array): Promise<Run> {
  const stdin = machine.input();
  let at = 0;
  const push = (): void => {
    while (at < bytes.length) {
      const n = stdin.push(bytes.subarray(at, at + 65_536));
      if (n === 0) return;
      at += n;
    }
    stdin.onRoom = undefined;
    stdin.end();
  };
  stdin.onRoom = push;
  push();
  return timed(machine, argv, { stdin });
}
