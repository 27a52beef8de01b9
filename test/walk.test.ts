import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { blobFolder } from '../src/headless/blobs.ts';
import { traceCommand } from '../src/headless/trace.ts';

// ARCHITECTURE.md says which way `docker run` takes; here it is taken.

const text = readFileSync(fileURLToPath(new URL('../ARCHITECTURE.md', import.meta.url)), 'utf8');

/** A step of the walk: who, which call, and words that stand in its line in this order. */
interface Step {
  program: string;
  call: string;
  words: string[];
}

function stepOf(line: string): Step {
  const [program = '', call = '', ...words] = line.split('#')[0]!.trim().split(/\s+/);
  return { program, call, words };
}

const walks = [...text.matchAll(/^```trace\n(.*?)^```/gms)].map(([, block = '']) =>
  block.trimEnd().split('\n').map(stepOf),
);

/** Whether a line of a trace (`PID PROGRAM CALL(…) = …`, or of the terminal `- PROGRAM WAY "…"`) is the step. */
function shows(line: string, { program, call, words }: Step): boolean {
  const [, who, what] = /^\s*[\d-]+ (\S+)\s+(\w+)/.exec(line) ?? [];
  if (who !== program || what !== call) return false;
  let at = 0;
  return words.every((word) => {
    const found = line.indexOf(word, at);
    at = found + word.length;
    return found >= 0;
  });
}

const describeStep = ({ program, call, words }: Step): string => [program, call, ...words].join(' ');

describe('the way of one docker run', () => {
  const lines: string[] = [];
  let status: number;

  beforeAll(async () => {
    status = await traceCommand(
      'docker run --rm busybox echo hi',
      { before: 'docker pull -q busybox', scope: 'way' },
      (line) => lines.push(line),
    ).catch((error: Error) => {
      throw new Error(`${error.message} (the images are in ${blobFolder()}: npm run build makes them)`);
    });
  }, 60_000);

  test('the command ends well', () => expect(status).toBe(0));

  test('ARCHITECTURE.md tells it', () => expect(walks[0]?.length).toBeGreaterThan(20));

  test.each(walks.map((steps) => [describeStep(steps[0]!), steps] as const))('the steps from %s', (_, steps) => {
    let at = 0;
    for (const step of steps) {
      const found = lines.findIndex((line, i) => i >= at && shows(line, step));
      if (found < 0) {
        const somewhere = lines.some((line) => shows(line, step));
        const fault = somewhere ? 'comes earlier than ARCHITECTURE.md says' : 'is not in the trace';
        const before = lines[at - 1] ?? 'the beginning';
        expect.fail(`${describeStep(step)}: ${fault}. After ${before}:\n${lines.slice(at).join('\n')}`);
      }
      at = found + 1;
    }
  });
});
