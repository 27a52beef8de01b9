import { expect, test } from 'vitest';
import { bootTestKernel } from '../../../../test/kernel-harness.ts';
import type { BuildStatus } from '../../../api/build.ts';
import { Output } from '../../../libc/stdio.ts';
import { BuildDisplay } from './build-display.ts';
import { excerpt } from './build-excerpt.ts';
import { PlainProgress } from './build-progress.ts';

const STEPS: BuildStatus[] = [
  { vertexes: [{ id: 'a', name: '[1/2] FROM busybox', started: 0, completed: 10, cached: true }] },
  { vertexes: [{ id: 'b', name: '[2/2] RUN echo one', started: 10 }] },
  { logs: [{ vertex: 'b', stream: 1, data: 'one\ntw', at: 152 }] },
  { logs: [{ vertex: 'b', stream: 1, data: 'o', at: 500 }] },
  { vertexes: [{ id: 'b', name: '[2/2] RUN echo one', started: 10, completed: 510 }] },
];

test('plain: numbers, times of lines, an unfinished last line', async () => {
  const kernel = await bootTestKernel();
  const { stderr } = await kernel.run(function* (sys) {
    const progress = new PlainProgress(new Output(sys, 2, true), false);
    yield* progress.begin();
    for (const status of STEPS) yield* progress.show(status);
    yield* progress.end([]);
    return 0;
  });
  expect(stderr).toBe(
    '#0 building with "default" instance using docker driver\n\n#1 [1/2] FROM busybox\n#1 CACHED\n\n#2 [2/2] RUN echo one\n#2 0.142 one\n#2 0.500 two\n#2 DONE 0.5s\n',
  );
});

test('on a terminal: the last picture, 79 columns wide, in the colours of the real client', async () => {
  const kernel = await bootTestKernel();
  const { stderr } = await kernel.run(function* (sys) {
    const progress = new BuildDisplay(sys, { rows: 24, cols: 80 });
    yield* progress.begin();
    for (const status of STEPS) yield* progress.show(status);
    yield* progress.end([]);
    return 0;
  });
  const last = stderr.slice(stderr.lastIndexOf('\x1b[?25l') + 6);
  expect(last.split('\n')).toEqual([
    '[+] Building 0.0s (2/2) FINISHED                                 docker:default',
    '\x1b[34m => CACHED [1/2] FROM busybox                                              0.0s',
    '\x1b[0m\x1b[34m => [2/2] RUN echo one                                                     0.5s',
    '\x1b[0m\x1b[?25h',
  ]);
});

test('the excerpt of a Dockerfile marks the lines to blame', () => {
  expect(excerpt('Dockerfile', 'FROM busybox\nRUN echo before; exit 3\nRUN echo never\n', 2, 2)).toBe(
    'Dockerfile:2\n--------------------\n   1 |     FROM busybox\n   2 | >>> RUN echo before; exit 3\n   3 |     RUN echo never\n   4 |     \n--------------------\n',
  );
});
