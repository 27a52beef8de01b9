import { expect, test } from 'vitest';
import '../src/cli/index.ts';
import { nodeWorld } from '../src/headless/world.ts';
import { UBUNTU } from '../src/machine/figures.ts';
import { Machine, type World } from '../src/machine/index.ts';
import { diskOptions } from '../src/machine/machine.ts';
import { dump, Journal, loadDisk } from '../src/vfs/index.ts';
import { runScript, seeded, virtualWorld } from './machine-bed.ts';

// Files of a pulled image refer to the catalogue's blobs. Nobody may see that: what is saved, exported, committed, copied and
// pushed has the same bytes as if they had been copied, after a reload without a network too.

async function boot(world: World, disk?: Parameters<typeof Machine.boot>[1]): Promise<Machine> {
  const machine = await Machine.boot(world, disk);
  expect(await machine.socketAnswers('/var/run/docker.sock')).toBe(true);
  return machine;
}

/** Prints what does not depend on when it was done. Blobs of a saved image are looked at: their names are their digests. */
const SESSION = `
tree() { (cd $1 && find . -type f | sort | xargs sha256sum; find . ! -type d -printf '%M %U %G %n %s %p %l\\n' | sort) | sha256sum; }
saved() {
  rm -rf s && mkdir s && docker save $1 | tar x -C s
  for b in s/blobs/sha256/*; do [ "$(sha256sum <$b | cut -c1-64)" = \${b##*/} ] || echo "digest of $b"; done
}
docker pull -q alpine; docker pull -q nginx
saved alpine; ls s/blobs/sha256 | wc -l; saved nginx
c=$(docker create nginx); rm -rf e && mkdir e && docker export $c | tar x -C e; tree e
docker cp -q $c:/etc/nginx cp && tree cp; docker cp $c:/usr/sbin/nginx - | tar tv
docker run --name ww alpine sh -c 'echo more >>/etc/motd; chmod 600 /etc/passwd; cp /bin/busybox /tmp/b; rm /etc/issue
  truncate -s 10 /etc/profile; sed -i s/root/toor/ /etc/group; ln /etc/services /etc/s2; mv /etc/shells /etc/sh3
  printf x | dd of=/etc/services bs=1 seek=3 conv=notrunc 2>&1 | grep -c copied
  cat /proc/self/mounts >/dev/null; sha256sum /etc/* /bin/busybox 2>/dev/null | grep -v resolv.conf; stat -c "%b %s %n" /etc/* /bin/busybox'
docker diff ww | sort; rm -rf e && mkdir e && docker export ww | tar x -C e && rm e/etc/hostname e/etc/hosts; tree e
docker commit ww mine >/dev/null; saved mine
docker run --rm mine sh -c 'sha256sum /etc/s2 /etc/motd /tmp/b; du -s /usr /etc'
docker image inspect --format '{{.Size}} {{json .RootFS.Layers}}' alpine nginx
docker image inspect --format '{{.Size}} {{len .RootFS.Layers}}' mine
docker system df --format '{{.Type}} {{.TotalCount}} {{.Size}}'
docker run -d -p 5000:5000 --name reg registry 2>&1 | tail -1 | wc -c; docker tag alpine localhost:5000/a; docker push -q localhost:5000/a
docker rm -f ww $c >/dev/null; docker rmi -f mine alpine localhost:5000/a >/dev/null; docker pull -q localhost:5000/a; saved localhost:5000/a
docker run --rm localhost:5000/a sha256sum /bin/busybox /etc/os-release
`;

test('what is made of images that refer to the catalogue has the bytes of images that were copied', async () => {
  const results: string[] = [];
  for (const refer of [true, false]) {
    const machine = await boot(virtualWorld(seeded(5)));
    if (!refer) machine.layers.holds = () => false;
    results.push((await runScript(machine, SESSION)).text);
    const { blobs } = new Journal(machine.disk).takeAll();
    expect(blobs.length > 3).toBe(refer);
    machine.kernel.shutdown();
  }
  expect(results[0]).not.toMatch(/digest of|rror/);
  expect(results[0]!.split('\n').length).toBeGreaterThan(60);
  expect(results[0]).toBe(results[1]);
});

test('a pull copies no content, and without a network its image works after a reload', async () => {
  const machine = await boot(virtualWorld(seeded(6)));
  const before = new Journal(machine.disk);
  before.takeAll();
  await runScript(machine, 'docker pull -q nginx');
  const pulled = before.takeChanges()!;
  expect([pulled.meta.length < 200_000, pulled.blobs.length]).toEqual([true, 7]);
  const look = 'docker run --rm nginx sh -c "nginx -v; sha256sum /etc/nginx/nginx.conf /usr/sbin/nginx" 2>&1';
  const wanted = await runScript(machine, look);
  const kept = dump(machine.disk)!;
  machine.kernel.shutdown();
  const alone = virtualWorld(seeded(7));
  const { blobs } = alone;
  alone.blobs = {
    read: (digest, ...rest) => (digest.startsWith('sha256:') ? -5 : blobs.read(digest, ...rest)),
  };
  const options = diskOptions(alone, UBUNTU);
  for (const digest of kept.blobs) options.blobs.keep(digest, machine.layers.packed(digest)!);
  const again = await boot(alone, loadDisk(options, [kept]).fs);
  expect(await runScript(again, look)).toEqual(wanted);
  expect(wanted.text).toMatch(/nginx\/1[\s\S]*[0-9a-f]{64} {2}\/etc\/nginx\/nginx.conf/);
  again.kernel.shutdown();
});

test('where layers are unpacked outside, programs wait for their files', async () => {
  const { gunzipNow: _, ...world } = nodeWorld('real');
  const machine = await boot(world);
  const script = `docker pull -q alpine; docker run --rm alpine sh -c 'cat /etc/os-release | head -1; echo x >>/etc/motd; wc -l /etc/motd'
    docker create --name cc alpine >/dev/null; docker export cc | tar t | wc -l; docker cp -q cc:/etc/profile p; head -c 6 p`;
  const { text } = await runScript(machine, script);
  expect(text).toMatch(/NAME="Alpine Linux"\n\d+ \/etc\/motd\n\d\d+\n/);
  machine.kernel.shutdown();
});
