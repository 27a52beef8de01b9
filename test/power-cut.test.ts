import { beforeAll, expect, test } from 'vitest';
import { UBUNTU } from '../src/machine/figures.ts';
import { Machine } from '../src/machine/index.ts';
import { diskOptions } from '../src/machine/machine.ts';
import { decodeChanges, dump, encodeChanges, loadDisk } from '../src/vfs/index.ts';
import { runScript, seeded, virtualWorld } from './machine-bed.ts';

// A machine works and its power is cut, at any moment at which its disk may have been kept. It boots again from that
// disk: the engine must answer, hold everything that was done, and have nothing that was half done.

/** Cuts that are tried, of some 150 that are possible: DRYDOCK_FULL=1 tries all of them. */
const CUTS = process.env.DRYDOCK_FULL === '1' ? Number.POSITIVE_INFINITY : 10;
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

/** Looks whether what the engine says and what its directory holds go together; prints a line for each fault, then names. */
const LOOK = `
cd /var/lib/docker
docker ps -aq --no-trunc | sort >/tmp/containers
ls containers | sort | diff /tmp/containers - | sed 's/^/fault: containers /'
ls image/overlay2/layerdb/mounts | sort | diff /tmp/containers - | sed 's/^/fault: mounts /'
for c in $(cat /tmp/containers); do { docker inspect $c && docker diff $c; } >/dev/null || echo "fault: inspect $c"; done
for f in image/overlay2/layerdb/sha256/*/cache-id image/overlay2/layerdb/mounts/*/*-id; do [ -f $f ] && { cat $f; echo; }; done | sort -u >/tmp/known
ls overlay2 | grep -v '^l$' | sort -u | diff /tmp/known - | sed 's/^/fault: overlay2 /'
[ "$(ls overlay2/l | wc -l)" = "$(wc -l </tmp/known)" ] || echo 'fault: short names'
ls tmp image/overlay2/layerdb/tmp | grep '^[a-z]*-' | sed 's/^/fault: temporary /'
for i in $(docker images -q --no-trunc); do
  c=$(docker create $i true) && docker export $c | tar t >/dev/null && docker rm $c >/dev/null || echo "fault: image $i"
done
docker system df >/dev/null || echo 'fault: df'
docker ps -a --format '{{.Names}}'; docker images --format '{{.Repository}}:{{.Tag}}'
docker volume ls -q; docker network ls --format '{{.Name}}'`;

const random = seeded(SEED);
const world = () => virtualWorld(random);

interface Cut {
  where: string;
  disk: Uint8Array;
  names: readonly string[];
}

const cuts: Cut[] = [];
let offered = 0;

/** Keeps CUTS of all that are offered, each with the same chance. */
function offer(make: () => Cut): void {
  offered++;
  if (cuts.length < CUTS) cuts.push(make());
  else if (random() < CUTS / offered) cuts[Math.floor(random() * CUTS)] = make();
}

/** Calls `look` between the steps of programs, where the disk has changed since the last call. */
function betweenSteps(machine: Machine, look: () => void): void {
  const { disk } = machine;
  const { timers } = machine.kernel;
  let changed = false;
  const changing = disk.changing.bind(disk);
  disk.changing = (inode) => {
    changed = true;
    changing(inode);
  };
  // the scheduler asks for the next timer before it goes on with anybody
  const next = timers.next.bind(timers);
  timers.next = () => {
    if (changed) look();
    changed = false;
    return next();
  };
}

beforeAll(async () => {
  const machine = await Machine.boot(world());
  expect(await machine.socketAnswers('/var/run/docker.sock')).toBe(true);
  let names: string[] = [];
  let step = 0;
  let point = 0;
  betweenSteps(machine, () => {
    const [command, ...after] = STEPS[step]!;
    const bare = new Set(after.map((name) => name.replace('!', '')));
    const certain = names.filter((name) => !bare.has(name.replace('!', '')));
    point++;
    offer(() => ({ where: `${point} in ${command}`, disk: encodeChanges(dump(machine.disk)!), names: certain }));
  });
  for (; step < STEPS.length; step++) {
    const [command, ...after] = STEPS[step]!;
    point = 0;
    const { status, text } = await runScript(machine, command);
    expect([command, status, status === 0 ? '' : text]).toEqual([command, 0, '']);
    for (const name of after) names = [...names.filter((n) => n.replace('!', '') !== name.replace('!', '')), name];
  }
  machine.kernel.shutdown();
}, 120_000);

test(`after a power cut everything that was done is there, and nothing by halves (seed ${SEED})`, async () => {
  const chosen =
    cuts.length <= CUTS ? cuts : Array.from({ length: CUTS }, () => cuts[Math.floor(random() * cuts.length)]!);
  expect(chosen.length).toBeGreaterThan(5);
  for (const { where, disk, names } of chosen) {
    const again = world();
    const machine = await Machine.boot(again, loadDisk(diskOptions(again, UBUNTU), [decodeChanges(disk)!]).fs);
    expect([where, await machine.socketAnswers('/var/run/docker.sock')]).toEqual([where, true]);
    const { text } = await runScript(machine, LOOK);
    const lines = text.split('\n');
    const faults = lines.filter((line) => line.startsWith('fault:') || /rror/.test(line));
    for (const name of names) {
      const wanted = !name.startsWith('!');
      if (lines.includes(name.replace('!', '')) !== wanted) faults.push(`${wanted ? 'lost' : 'still there'}: ${name}`);
    }
    expect([where, faults]).toEqual([where, []]);
    machine.kernel.shutdown();
  }
}, 600_000);
