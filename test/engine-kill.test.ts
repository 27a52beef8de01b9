import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../src/cli/index.ts';
import { Machine } from '../src/machine/index.ts';
import { sessionOf } from './docker-session.ts';
import { runScript, seeded, virtualWorld } from './machine-bed.ts';
import { betweenSteps, LOOK } from './power-cuts.ts';

// dockerd is killed at any moment, and the host lives on: systemd starts it again, and it must find what it had, and leave
// nothing running or mounted that is nobody's.

const FULL = process.env.DRYDOCK_FULL === '1';
const SOCKET = '/var/run/docker.sock';

/** Looks for processes, mounts, control groups and devices that do not belong to a running container. */
const STRAY = `
running=$(docker ps -q --no-trunc -f status=running -f status=paused | sort)
grep ' /var/lib/docker/overlay2/' /proc/mounts | awk '{print $2}' | sort >/tmp/mounted
for c in $running; do echo /var/lib/docker/overlay2/$(cat /var/lib/docker/image/overlay2/layerdb/mounts/$c/mount-id)/merged; done |
  sort | diff /tmp/mounted - | sed 's/^/fault: mounts /'
find /sys/fs/cgroup -name 'docker-*.scope' | sed 's/.*docker-//; s/.scope//' | sort >/tmp/groups
for c in $running; do echo $c; done | diff /tmp/groups - | sed 's/^/fault: cgroups /'
veth=$(ip -o link | grep -c veth); ends=0
for c in $running; do ends=$((ends + $(docker inspect -f '{{len .NetworkSettings.Networks}}' $c))); done
[ $veth = $ends ] || echo "fault: veth $veth of $ends"
shims=$(ps ax -o args | grep -c '[c]ontainerd-shim'); [ $shims = $(echo $running | wc -w) ] || echo "fault: shims $shims"
ps ax -o args | grep '[r]unc init' | sed 's/^/fault: /'
ip -o link | awk -F': ' '$2 ~ /^br-/ {print $2}' | sort >/tmp/bridges
for n in $(docker network ls -q --no-trunc -f driver=bridge); do echo br-$(echo $n | cut -c1-12); done | sort |
  comm -23 /tmp/bridges - | sed 's/^/fault: bridge /'
`;

async function enginePid(machine: Machine): Promise<number> {
  expect(await machine.socketAnswers(SOCKET)).toBe(true);
  return Number((await runScript(machine, 'pidof dockerd')).text.trim().split(' ')[0]);
}

/** @param when how many steps of programs after the begin of the command with that number the engine is killed */
async function killedIn(numbers: readonly number[], at: number, when: number, random: () => number): Promise<void> {
  const machine = await Machine.boot(virtualWorld(random));
  const pid = await enginePid(machine);
  const steps = sessionOf(numbers);
  const last = steps[at % steps.length]!;
  let names: string[] = [];
  let left = -1;
  betweenSteps(machine, () => {
    if (left-- === 0) machine.kernel.start('/bin/kill', { argv: ['kill', '-9', String(pid)], envp: [], cwd: '/' });
  });
  for (const { command, after } of steps) {
    if (command === last.command) break;
    const { status, text } = await runScript(machine, command);
    expect([command, status, status === 0 ? '' : text]).toEqual([command, 0, '']);
    for (const name of after) names = [...names.filter((n) => n.replace('!', '') !== name.replace('!', '')), name];
  }
  left = when;
  await runScript(machine, last.command);
  if (left >= 0) await runScript(machine, `kill -9 ${pid}`);
  await machine.sleep(5000);
  await enginePid(machine);
  // containers that end at once and are started again are on their way now and then
  await runScript(machine, 'for c in $(docker ps -aq -f status=restarting); do docker stop -t 0 $c; done');
  const lines = (await runScript(machine, LOOK + STRAY)).text.split('\n');
  const faults = lines.filter((line) => line.startsWith('fault:') || /rror/.test(line));
  const touched = new Set(last.after.map((name) => name.replace('!', '')));
  for (const name of names.filter((n) => !touched.has(n.replace('!', '')))) {
    const wanted = !name.startsWith('!');
    if (lines.includes(name.replace('!', '')) !== wanted) faults.push(`${wanted ? 'lost' : 'still there'}: ${name}`);
  }
  expect([last.command, faults]).toEqual([last.command, []]);
  machine.kernel.shutdown();
}

test('an engine that was killed finds what it had, and ends what it left', async () => {
  const session = fc.array(fc.nat(), { minLength: 10, maxLength: 10 });
  await fc.assert(
    fc.asyncProperty(session, fc.integer({ min: 4, max: 9 }), fc.nat(40), fc.nat(), (numbers, at, when, chance) =>
      killedIn(numbers, at, when, seeded(chance)),
    ),
    { numRuns: Number(process.env.DRYDOCK_RUNS ?? (FULL ? 60 : 2)), endOnFailure: true },
  );
}, 3_000_000);
