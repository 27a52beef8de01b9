/**
 * Random sessions of docker commands, each of which works where it stands: what a learner may do, and what is certain
 * afterwards.
 */

/** A command, and the facts that it makes true (with `!`: no longer true). */
export interface Step {
  command: string;
  after: readonly string[];
}

interface Held {
  image: string;
  running: boolean;
  paused: boolean;
  networks: Set<string>;
  volume: string | undefined;
}

/** What there is, as far as commands need to know. */
class Model {
  readonly images = new Set<string>();
  readonly containers = new Map<string, Held>();
  readonly networks = new Set<string>();
  readonly volumes = new Set<string>();
  /** An image in /root/m.tar. */
  saved: string | undefined;
  #made = 0;

  name(kind: string): string {
    return `${kind}${++this.#made}`;
  }

  usersOf(image: string): number {
    return [...this.containers.values()].filter((c) => c.image === image).length;
  }
}

const CATALOGUE = ['busybox', 'alpine', 'nginx', 'hello-world'];
/** Images that have a shell. */
const hasShell = (image: string): boolean => !/^(hello-world|nginx)/.test(image);

/** Chooses one of some, by a number of chance. */
type Choose = <T>(from: Iterable<T>) => T | undefined;
/** @returns undefined where it is not possible now */
type Maker = (model: Model, choose: Choose) => Step | undefined;

const step = (command: string, ...after: string[]): Step => ({ command, after });
const ready = ({ images }: Model, choose: Choose): string | undefined => choose([...images].filter(hasShell));
const containerThat = (model: Model, choose: Choose, fits: (c: Held, name: string) => boolean): string | undefined =>
  choose([...model.containers].filter(([name, c]) => fits(c, name)).map(([name]) => name));

function hold(model: Model, image: string, more: Partial<Held>): string {
  const name = model.name('box');
  model.containers.set(name, { image, running: false, paused: false, networks: new Set(), volume: undefined, ...more });
  return name;
}

const MAKERS: readonly Maker[] = [
  (model, choose) => {
    const image = choose(CATALOGUE.filter((name) => !model.images.has(`${name}:latest`)));
    if (!image) return undefined;
    model.images.add(`${image}:latest`);
    return step(`docker pull -q ${image}`, `${image}:latest`);
  },
  (model, choose) => {
    const image = ready(model, choose);
    if (!image) return undefined;
    const name = hold(model, image, {});
    return step(`docker create --name ${name} ${image} sh -c 'echo ran >>/ran'`, name);
  },
  (model, choose) => {
    const image = ready(model, choose);
    if (!image) return undefined;
    const network = choose([...model.networks, undefined]);
    const volume = choose([...model.volumes, model.name('vol')])!;
    const networks = new Set(network === undefined ? [] : [network]);
    const name = hold(model, image, { running: true, networks, volume });
    model.volumes.add(volume);
    const options = `${network ? `--network ${network} ` : ''}${choose(['', '--restart always '])}-v ${volume}:/d`;
    return step(`docker run -d --name ${name} ${options} ${image} sh -c 'echo hi >/d/f; sleep 10000'`, name, volume);
  },
  (model, choose) => {
    const image = ready(model, choose);
    if (!image) return undefined;
    const name = hold(model, image, {});
    return step(`docker run --name ${name} ${image} sh -c 'mkdir /x; for i in 1 2 3; do echo $i >/x/$i; done'`, name);
  },
  (model, choose) => {
    const image = ready(model, choose);
    return image ? step(`docker run --rm -v /root:/r ${image} sh -c 'echo x >/r/x'`) : undefined;
  },
  (model, choose) => {
    const name = containerThat(model, choose, (c) => !c.paused);
    if (!name) return undefined;
    const image = `${model.name('mine')}:1`;
    model.images.add(image);
    return step(`docker commit ${name} ${image}`, image);
  },
  (model, choose) => {
    const image = choose(model.images);
    if (!image) return undefined;
    const other = `${model.name(hasShell(image) ? 'other' : 'nginx-')}:2`;
    model.images.add(other);
    return step(`docker tag ${image} ${other}`, other);
  },
  (model, choose) => {
    const image = choose(model.images);
    if (!image) return undefined;
    model.saved = image;
    return step(`docker save ${image} -o /root/m.tar`);
  },
  (model) => {
    if (!model.saved) return undefined;
    model.images.add(model.saved);
    return step('docker load -q -i /root/m.tar', model.saved);
  },
  (model, choose) => {
    const image = choose([...model.images].filter((name) => model.usersOf(name) === 0));
    if (!image || model.containers.size > 0) return undefined;
    model.images.delete(image);
    return step(`docker rmi ${image}`, `!${image}`);
  },
  (model, choose) => {
    const name = containerThat(model, choose, () => true);
    if (!name) return undefined;
    const image = `${model.name(hasShell(model.containers.get(name)!.image) ? 'imported' : 'nginx-')}:3`;
    model.images.add(image);
    return step(`docker export ${name} | docker import - ${image}`, image);
  },
  (model, choose) => {
    const image = ready(model, choose);
    if (!image) return undefined;
    const built = model.name('built');
    model.images.add(`${built}:latest`);
    const lines = `FROM ${image}\\nRUN echo ${built} >/a && mkdir -p /deep/er\\nCOPY f /deep/er/f\\nENV A=${built}\\n`;
    return step(
      `mkdir -p b; printf "${lines}" >b/Dockerfile; echo ${built} >b/f; docker build -qt ${built} b`,
      `${built}:latest`,
    );
  },
  () => step('docker builder prune -af'),
  () => step('docker image prune -f'),
  (model) => {
    const name = model.name('net');
    model.networks.add(name);
    return step(`docker network create --label a=b ${name}`, name);
  },
  (model, choose) => {
    const used = new Set([...model.containers.values()].flatMap((c) => [...c.networks]));
    const name = choose([...model.networks].filter((network) => !used.has(network)));
    if (!name) return undefined;
    model.networks.delete(name);
    return step(`docker network rm ${name}`, `!${name}`);
  },
  (model, choose) => {
    const network = choose(model.networks);
    const name = containerThat(model, choose, (c) => network !== undefined && !c.networks.has(network) && !c.paused);
    if (!network || !name) return undefined;
    model.containers.get(name)!.networks.add(network);
    return step(`docker network connect ${network} ${name}`);
  },
  (model) => {
    const name = model.name('vol');
    model.volumes.add(name);
    return step(`docker volume create --label a=b ${name}`, name);
  },
  (model, choose) => {
    const used = new Set([...model.containers.values()].map((c) => c.volume));
    const name = choose([...model.volumes].filter((volume) => !used.has(volume)));
    if (!name) return undefined;
    model.volumes.delete(name);
    return step(`docker volume rm ${name}`, `!${name}`);
  },
  (model, choose) => {
    const name = containerThat(model, choose, () => true);
    if (!name) return undefined;
    const other = model.name('named');
    model.containers.set(other, model.containers.get(name)!);
    model.containers.delete(name);
    return step(`docker rename ${name} ${other}`, other, `!${name}`);
  },
  (model, choose) => {
    const name = containerThat(model, choose, () => true);
    if (!name) return undefined;
    model.containers.delete(name);
    return step(`docker rm -f ${name}`, `!${name}`);
  },
  (model, choose) => {
    const name = containerThat(model, choose, (c) => c.running && !c.paused);
    if (!name) return undefined;
    model.containers.get(name)!.running = false;
    return step(`docker stop -t 0 ${name}`);
  },
  (model, choose) => {
    const name = containerThat(model, choose, (c) => c.running && !c.paused);
    return name ? step(`docker restart -t 0 ${name}`) : undefined;
  },
  (model, choose) => {
    const name = containerThat(model, choose, (c) => c.running);
    if (!name) return undefined;
    const container = model.containers.get(name)!;
    container.paused = !container.paused;
    return step(`docker ${container.paused ? 'pause' : 'unpause'} ${name}`);
  },
  (model, choose) => {
    const name = containerThat(model, choose, (c) => c.running && !c.paused);
    return name
      ? step(`docker exec ${name} sh -c 'echo more >>/d/f; cp /bin/busybox /tmp/b; rm -rf /home'`)
      : undefined;
  },
  (model, choose) => {
    const name = containerThat(model, choose, (c) => !c.paused);
    return name ? step(`mkdir -p cp/d; date >cp/d/f; docker cp -q cp ${name}:/`) : undefined;
  },
  (model, choose) => {
    const name = containerThat(model, choose, () => true);
    return name ? step(`docker update --restart unless-stopped ${name}`) : undefined;
  },
];

/** A session of as many commands as there are numbers; the same numbers give the same one. */
export function sessionOf(numbers: readonly number[]): Step[] {
  const model = new Model();
  const steps: Step[] = [];
  for (const number of numbers) {
    let left = number;
    const take = (below: number): number => {
      const taken = left % below;
      left = Math.floor(left / below);
      return taken;
    };
    const choose: Choose = (from) => {
      const all = [...from];
      return all.length === 0 ? undefined : all[take(all.length)];
    };
    // where the chosen command is not possible, the next one that is
    for (let i = 0, first = take(MAKERS.length); i < MAKERS.length; i++) {
      const made = MAKERS[(first + i) % MAKERS.length]!(model, choose);
      if (!made) continue;
      steps.push(made);
      break;
    }
  }
  return steps;
}
