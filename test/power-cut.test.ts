import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { sessionOf } from './docker-session.ts';
import { seeded, virtualWorld } from './machine-bed.ts';
import { type Cut, Sample, survive, workWithCuts } from './power-cuts.ts';

// A machine works and its power is cut, at any moment at which its disk may have been kept. It boots again from that
// disk: the engine must answer, hold everything that was done, and have nothing that was half done.

const FULL = process.env.DRYDOCK_FULL === '1';
/** Cuts that are tried, of some 150 that are possible: DRYDOCK_FULL=1 tries all of them. */
const CUTS = FULL ? 100_000 : 10;
const SEED = Number(process.env.DRYDOCK_SEED ?? 1);

/** What is done, one after the other, and which names are there afterwards (with `!`: are not). */
const STEPS: readonly (readonly [command: string, ...after: string[]])[] = [
  ['docker pull -q busybox', 'busybox:latest'],
  ['docker pull -q alpine', 'alpine:latest'],
  ['docker create --name c1 busybox true', 'c1'],
  ['docker run -d --name c2 -v vol1:/d busybox sh -c "echo hi >/d/f; sleep 1000"', 'c2', 'vol1'],
  ['docker run --name c3 busybox sh -c "mkdir /x; for i in 1 2 3; do echo \\$i >/x/\\$i; done"', 'c3'],
  ['docker commit c3 mine:1', 'mine:1'],
  ['docker save mine:1 -o /root/m.tar'],
  ['docker rm c3', '!c3'],
  ['docker rmi mine:1', '!mine:1'],
  ['docker load -i /root/m.tar', 'mine:1'],
  ['docker network create net1', 'net1'],
  ['docker run -d --name c4 --network net1 --restart always busybox sleep 1000', 'c4'],
  ['docker rename c1 c1b', 'c1b', '!c1'],
  ['docker tag busybox other:2', 'other:2'],
  ['docker rm -f c2', '!c2'],
  ['docker volume rm vol1', '!vol1'],
  [
    'mkdir -p b; printf "FROM busybox\\nRUN echo a >/a\\nCOPY f /f\\n" >b/Dockerfile; echo x >b/f; docker build -qt built b',
    'built:latest',
  ],
  ['docker stop -t 0 c4; docker rm c4; docker network rm net1', '!c4', '!net1'],
  ['docker run --rm -v v2:/d busybox sh -c "echo keep >/d/k"', 'v2'],
  ['docker rmi alpine', '!alpine:latest'],
];

const random = seeded(SEED);
const world = () => virtualWorld(random);
const sample = new Sample<Cut>(CUTS, random);

beforeAll(async () => {
  const steps = STEPS.map(([command, ...after]) => ({ command, after }));
  await workWithCuts(world(), steps, sample);
}, 120_000);

test(`after a power cut everything that was done is there, and nothing by halves (seed ${SEED})`, async () => {
  expect(sample.taken.length).toBeGreaterThan(5);
  for (const cut of sample.taken) await survive(cut, world());
}, 600_000);

test('the power may go again while the engine starts', async () => {
  const some = sample.taken.filter((_, i) => FULL || i < 2);
  for (const cut of some) {
    const again = new Sample<Uint8Array>(2, random);
    await survive(cut, world(), again);
    expect(again.taken.length).toBeGreaterThan(0);
  }
}, 600_000);

const numbers = fc.array(fc.nat(), FULL ? { minLength: 10, maxLength: 30 } : { minLength: 8, maxLength: 8 });

test('the same holds for any session', async () => {
  await fc.assert(
    fc.asyncProperty(numbers, fc.nat(), async (session, chance) => {
      const own = seeded(chance);
      const cuts = new Sample<Cut>(FULL ? 20 : 4, own);
      await workWithCuts(virtualWorld(own), sessionOf(session), cuts);
      for (const [i, cut] of cuts.taken.entries())
        await survive(cut, virtualWorld(own), i % 4 === 0 ? new Sample(1, own) : undefined);
    }),
    { numRuns: Number(process.env.DRYDOCK_RUNS ?? (FULL ? 10 : 1)), endOnFailure: true },
  );
}, 3_000_000);
