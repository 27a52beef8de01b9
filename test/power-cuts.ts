import { expect } from 'vitest';
import { UBUNTU } from '../src/machine/figures.ts';
import { Machine, type World } from '../src/machine/index.ts';
import { diskOptions } from '../src/machine/machine.ts';
import { decodeChanges, dump, encodeChanges, loadDisk } from '../src/vfs/index.ts';
import type { Step } from './docker-session.ts';
import { runScript } from './machine-bed.ts';

/** Looks whether what the engine says and what its directory holds go together; prints a line for each fault, then names. */
export const LOOK = `
cd /var/lib/docker
docker ps -aq --no-trunc | sort >/tmp/containers
ls containers | sort | diff /tmp/containers - | sed 's/^/fault: containers /'
ls image/overlay2/layerdb/mounts | sort | diff /tmp/containers - | sed 's/^/fault: mounts /'
for c in $(cat /tmp/containers); do { docker inspect $c && docker diff $c; } >/dev/null || echo "fault: inspect $c"; done
for f in image/overlay2/layerdb/sha256/*/cache-id image/overlay2/layerdb/mounts/*/*-id; do [ -f $f ] && { cat $f; echo; }; done | sort -u >/tmp/known
ls overlay2 | grep -v '^l$' | sort -u | diff /tmp/known - | sed 's/^/fault: overlay2 /'
[ "$(ls overlay2/l | wc -l)" = "$(wc -l </tmp/known)" ] || echo 'fault: short names'
find . -name '.tmp-*' | sed 's/^/fault: /'
ls tmp image/overlay2/layerdb/tmp | grep '^[a-z]*-' | sed 's/^/fault: temporary /'
for i in $(docker images -q --no-trunc); do
  c=$(docker create $i true) && docker export $c | tar t >/dev/null && docker rm $c >/dev/null || echo "fault: image $i"
done
docker system df >/dev/null || echo 'fault: df'
docker ps -a --format '{{.Names}}'; docker images --format '{{.Repository}}:{{.Tag}}'
docker volume ls -q; docker network ls --format '{{.Name}}'`;

/** A disk as it was when the power went, and the names that must be there (with `!`: must not). */
export interface Cut {
  where: string;
  disk: Uint8Array;
  names: readonly string[];
}

const SOCKET = '/var/run/docker.sock';

const bytesOf = (machine: Machine): Uint8Array => encodeChanges(dump(machine.disk)!);

/** Some of all that are offered, each with the same chance. */
export class Sample<T> {
  readonly taken: T[] = [];
  #offered = 0;

  constructor(
    readonly most: number,
    readonly random: () => number,
  ) {}

  offer(make: () => T): void {
    this.#offered++;
    if (this.taken.length < this.most) this.taken.push(make());
    else if (this.random() < this.most / this.#offered) this.taken[Math.floor(this.random() * this.most)] = make();
  }
}

/** Calls `look` between the steps of programs, where the disk has changed since the last call. */
export function betweenSteps(machine: Machine, look: () => void): void {
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

/** Does steps, one after the other, each of which must work; cuts between the steps of programs are offered to `sample`. */
export async function workWithCuts(world: World, steps: readonly Step[], sample: Sample<Cut>): Promise<void> {
  const machine = await Machine.boot(world);
  expect(await machine.socketAnswers(SOCKET)).toBe(true);
  let names: string[] = [];
  let current: Step | undefined;
  let point = 0;
  betweenSteps(machine, () => {
    if (!current) return;
    const { command, after } = current;
    const bare = new Set(after.map((name) => name.replace('!', '')));
    const certain = names.filter((name) => !bare.has(name.replace('!', '')));
    point++;
    sample.offer(() => ({ where: `${point} in ${command}`, disk: bytesOf(machine), names: certain }));
  });
  for (current of steps) {
    point = 0;
    const { status, text } = await runScript(machine, current.command);
    expect([current.command, status, status === 0 ? '' : text]).toEqual([current.command, 0, '']);
    for (const name of current.after)
      names = [...names.filter((n) => n.replace('!', '') !== name.replace('!', '')), name];
  }
  machine.kernel.shutdown();
}

/**
 * Boots from a cut's disk and looks whether all is there and nothing by halves.
 * @param again another cut is made while the engine starts, and it is booted from that
 */
export async function survive({ where, disk, names }: Cut, world: World, again?: Sample<Uint8Array>): Promise<void> {
  const machine = await Machine.boot(world, loadDisk(diskOptions(world, UBUNTU), [decodeChanges(disk)]).fs);
  if (again) betweenSteps(machine, () => again.offer(() => bytesOf(machine)));
  expect([where, await machine.socketAnswers(SOCKET)]).toEqual([where, true]);
  if (again) {
    machine.kernel.shutdown();
    for (const second of again.taken) await survive({ where: `${where}, and again`, disk: second, names }, world);
    return;
  }
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
