import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../src/cli/index.ts';
import { nodeWorld } from '../src/headless/world.ts';
import { Machine, type World } from '../src/machine/index.ts';
import { WorldJournal } from '../src/machine/journal.ts';
import { recordWorld } from '../src/machine/record.ts';
import { replayWorld } from '../src/machine/replay.ts';
import { dump, encodeChanges } from '../src/vfs/index.ts';
import { type Step, sessionOf } from './docker-session.ts';

// The docker command is loaded beforehand: a machine loads it some time after its first prompt, which may be after a test's end.
// What a machine gets from outside is noted; given the same again, it does the same, to the last byte of its disk.

const LINES = [
  'echo $RANDOM >r; date >d\n',
  'docker run --rm -v v:/d busybox sh -c "head -c 20 /dev/urandom >/d/u"\n',
  'docker run -d --name c$RANDOM busybox sleep 5\n',
  'for i in 1 2 3; do echo $i; sleep 0.0$i; done >f\n',
  'ls -la / | head -5\n',
  'cat </dev/urandom >/dev/null\n',
  '\x03',
  'dcoker\x7f\x7f\x7f\x7f\x7focker ps\n',
  'yes | head -2000 >y\n',
  'uuidgen >>ids; sleep 0.1 & wait\n',
];

const bytesOf = (machine: Machine): Uint8Array => encodeChanges(dump(machine.disk)!);
const rest = (ms: number): Promise<void> => new Promise((done) => void setTimeout(done, ms));

/** A session at a terminal, in true time and with true chance. */
async function session(world: World, typed: readonly string[]): Promise<Machine> {
  const machine = await Machine.boot(world);
  await machine.socketAnswers('/var/run/docker.sock');
  const pty = machine.kernel.openPty({ rows: 24, cols: 80 });
  if (typeof pty === 'number') throw new Error('there is no terminal');
  let shown = 0;
  pty.onOutput((bytes) => {
    shown += bytes.length;
  });
  machine.kernel.start('/bin/bash', {
    argv: ['-bash'],
    envp: ['HOME=/root', 'PATH=/usr/bin:/bin'],
    cwd: '/root',
    tty: pty.slavePath,
  });
  for (const line of typed) {
    pty.write(new TextEncoder().encode(line));
    await rest(20);
  }
  const stream = machine.kernel.connectUnix('/var/run/docker.sock');
  if (typeof stream !== 'number') {
    stream.onReadable = () => void stream.read(1000);
    stream.write(new TextEncoder().encode('GET /containers/json?all=1 HTTP/1.0\r\nHost: d\r\n\r\n'));
    await rest(30);
    stream.destroy();
  }
  machine.kernel.shutdown();
  expect(shown).toBeGreaterThan(0);
  return machine;
}

test('a recorded session comes to the same disk again', async () => {
  const sessions = fc.array(fc.constantFrom(...LINES), { minLength: 3, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(sessions, async (typed) => {
      const { world, journal } = recordWorld(nodeWorld('real'));
      const first = bytesOf(await session(world, typed));
      const kept = WorldJournal.parse(journal.text());
      expect(kept.entries).toEqual(journal.entries);
      const replay = replayWorld(kept, nodeWorld('real'));
      const booting = Machine.boot(replay.world);
      await replay.run();
      expect(Buffer.compare(first, bytesOf(await booting))).toBe(0);
    }),
    { numRuns: process.env.DRYDOCK_FULL === '1' ? 20 : 2 },
  );
}, 120_000);

const SETTLED = 40;

/** Runs a script on the host in true time. */
async function work(world: World, steps: readonly Step[]): Promise<Machine> {
  const machine = await Machine.boot(world);
  await machine.socketAnswers('/var/run/docker.sock');
  let text = '';
  const out = machine.kernel.hostOutput((bytes) => {
    text += new TextDecoder().decode(bytes);
    return bytes.length;
  });
  const script = steps
    .map(({ command }) => `${command} || echo "FAILED: ${command.replace(/["$\\]/g, '')}"`)
    .join('\n');
  const started = machine.kernel.start('/bin/bash', {
    argv: ['bash', '-c', script],
    envp: ['HOME=/root', 'PATH=/usr/bin:/bin'],
    cwd: '/root',
    files: [machine.kernel.hostInput(), out, out],
  });
  if (typeof started === 'number') throw new Error(`bash does not start: ${started}`);
  while (!started.zombie) await rest(5);
  await rest(SETTLED);
  machine.kernel.shutdown();
  expect(text).not.toContain('FAILED');
  return machine;
}

test('a session of pulls, builds and containers comes to the same disk again', async () => {
  const full = process.env.DRYDOCK_FULL === '1';
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(), { minLength: 6, maxLength: full ? 20 : 8 }), async (numbers) => {
      const { world, journal } = recordWorld(nodeWorld('real'));
      const first = bytesOf(await work(world, sessionOf(numbers)));
      expect(journal.full).toBe(false);
      const replay = replayWorld(journal, nodeWorld('real'));
      const booting = Machine.boot(replay.world);
      await replay.run();
      expect(Buffer.compare(first, bytesOf(await booting))).toBe(0);
    }),
    { numRuns: full ? 20 : 1, endOnFailure: true },
  );
}, 600_000);

test('another run is noticed', async () => {
  const { world, journal } = recordWorld(nodeWorld('real'));
  await session(world, [LINES[0]!]);
  const middle = journal.entries.findIndex(([kind], i) => kind === 'monotonic' && i > journal.entries.length / 2);
  const other = new WorldJournal();
  for (const [i, entry] of journal.entries.entries()) other.add(i === middle ? ['now', 5] : entry);
  const replay = replayWorld(other, nodeWorld('real'));
  const faults: unknown[] = [];
  void Machine.boot({ ...replay.world, onPanic: (error) => void faults.push(error) });
  await replay.run().catch((error: unknown) => void faults.push(error));
  expect(String(faults[0])).toMatch(/\["now",5\], the machine asks for monotonic/);
}, 60_000);
