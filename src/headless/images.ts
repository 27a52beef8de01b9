import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CATALOGUE_NAME,
  type Catalogue,
  gzipLayer,
  packDisk,
  packFiles,
  readTar,
  unpackInto,
} from '../machine/images.ts';
import { type BlobSource, loginEnvironment, Machine, shellStatus, type World } from '../machine/index.ts';
import { type Recipe, readRecipes, readTree, referencesOf, rootfsTar } from './recipes.ts';
import { nodeWorld } from './world.ts';

/** All files get this time, so that the same folder gives the same digests: 2025-10-01. */
const BUILT = 1_759_276_800;

/** Says of an image that not all of it is simulated. */
const LEVEL_LABEL = 'drydock.level';

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** An image in manifest.json of a `docker save` archive. */
interface SavedImage {
  Config: string;
  RepoTags: string[] | null;
  Layers: string[];
}

/** The machine that builds. Its time stands between two programs, so that images get the same times whoever builds them. */
interface Workshop {
  machine: Machine;
  goOn: () => void;
}

/** `drydock images`: makes the disks of hosts and the images of Docker Hub from a folder, the latter with our own builder. */
export async function buildImages(images: string, out: string): Promise<number> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'sha256'), { recursive: true });
  const catalogue: Catalogue = { disks: {}, repositories: {}, manifests: {}, blobs: {} };
  const put = (bytes: Uint8Array): { digest: string; size: number } => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(out, 'sha256', hex), bytes);
    return { digest: `sha256:${hex}`, size: bytes.length };
  };
  const world: World = { ...nodeWorld('virtual'), now: () => BUILT * 1000, virtualStart: BUILT * 1000 };
  const sites = packFiles(readTree(sitesOf(images)), BUILT);
  if (sites.length > 0) catalogue.sites = put(gzipLayer(sites));
  for (const name of readdirSync(images).sort())
    if (name.startsWith('host-')) {
      const tar = rootfsTar(join(images, name), BUILT);
      catalogue.disks[name.slice('host-'.length)] = put(gzipLayer(await packDisk(world, tar)));
    }
  const machine = await Machine.boot({ ...world, blobs: folderWith(out, catalogue) });
  if (!(await machine.socketAnswers('/var/run/docker.sock'))) throw new Error('the engine does not answer');
  const workshop: Workshop = { machine, goOn: machine.kernel.hold() };
  const recipes = readRecipes(images, BUILT);
  // a second between two, so that filters and lists have an order to show
  for (const [at, recipe] of recipes.entries()) await build(workshop, recipe, BUILT + at);
  // one archive of all: layers that images share are in it once
  const saved = readTar(await save(workshop, recipes));
  const store = storeOf(catalogue, put, saved);
  for (const recipe of recipes) addToHub(catalogue, store, saved, recipe);
  machine.kernel.shutdown();
  writeFileSync(join(out, CATALOGUE_NAME), JSON.stringify(catalogue));
  return 0;
}

/** What the hosts of the internet serve lies beside the images: `sites/HOST/PATH`. */
const sitesOf = (images: string): string => join(images, '..', 'sites');

/** The blobs that are made so far; the hub of the machine that builds is empty. */
function folderWith(out: string, catalogue: Catalogue): BlobSource {
  const index = new TextEncoder().encode(JSON.stringify({ ...catalogue, repositories: {}, manifests: {}, blobs: {} }));
  return {
    read(digest, offset, length) {
      if (digest === CATALOGUE_NAME) return index.subarray(offset, offset + length);
      const path = join(out, digest.replace(':', '/'));
      return existsSync(path) ? new Uint8Array(readFileSync(path)).subarray(offset, offset + length) : -5;
    },
  };
}

/** Puts what an image is made from on the host's disk and builds it there. @throws Error with the builder's output */
async function build(workshop: Workshop, recipe: Recipe, time: number): Promise<void> {
  const { name, dockerfile, files, hub } = recipe;
  const archive = packFiles(
    new Map([...files, ['Dockerfile', { data: new TextEncoder().encode(dockerfile), mode: 0o644 }]]),
    BUILT,
  );
  const dir = `/tmp/images/${name.replace(':', '-')}`;
  const unpacked = await run(workshop, (sys) => unpackInto(sys, archive, dir));
  if (unpacked.status !== 0) throw new Error(`${name}: the context could not be unpacked`);
  const label = hub.level === undefined ? '' : `--label '${LEVEL_LABEL}=${hub.level}'`;
  const names = referencesOf(recipe).map((reference) => `-t ${reference}`);
  const command = `SOURCE_DATE_EPOCH=${time} docker build ${names.join(' ')} ${label} ${dir} 2>&1 && rm -rf ${dir}`;
  const built = await run(workshop, '/bin/bash', ['bash', '-c', command]);
  if (built.status !== 0) throw new Error(`${name}: ${new TextDecoder().decode(built.output)}`);
}

async function save(workshop: Workshop, recipes: readonly Recipe[]): Promise<Uint8Array> {
  const names = recipes.map(({ name }) => name).join(' ');
  const { status, output } = await run(workshop, '/bin/bash', ['bash', '-c', `docker save ${names} | cat`]);
  if (status !== 0) throw new Error('docker save failed');
  return output;
}

/** Runs a program of the host to its end. */
async function run(
  workshop: Workshop,
  program: Parameters<Machine['kernel']['start']>[0],
  argv = ['images'],
): Promise<{ status: number; output: Uint8Array }> {
  const { machine } = workshop;
  const pieces: Uint8Array[] = [];
  const stdin = machine.input();
  stdin.end();
  const stdout = machine.output((bytes) => {
    pieces.push(bytes);
    return bytes.length;
  });
  const stderr = machine.output((bytes) => {
    process.stderr.write(bytes);
    return bytes.length;
  });
  const started = machine.kernel.start(program, {
    argv,
    envp: loginEnvironment(undefined),
    cwd: '/root',
    files: [stdin, stdout, stderr],
  });
  if (typeof started === 'number') throw new Error(`${argv.join(' ')}: errno ${-started}`);
  workshop.goOn();
  const status = shellStatus(await machine.ended(started));
  workshop.goOn = machine.kernel.hold();
  return { status, output: Buffer.concat(pieces) };
}

/** Puts what images are made of where the hub finds it, each once. */
interface Store {
  blob(bytes: Uint8Array): { digest: string; size: number };
  /** A layer of the archive, compressed. */
  layer(path: string): { digest: string; size: number };
}

function storeOf(
  catalogue: Catalogue,
  put: (bytes: Uint8Array) => { digest: string; size: number },
  files: Map<string, Uint8Array>,
): Store {
  const layers = new Map<string, { digest: string; size: number }>();
  const blob = (bytes: Uint8Array): { digest: string; size: number } => {
    const stored = put(bytes);
    catalogue.blobs[stored.digest] = stored.size;
    return stored;
  };
  const layer = (path: string): { digest: string; size: number } => {
    const known = layers.get(path) ?? blob(gzipLayer(files.get(path)!));
    layers.set(path, known);
    return known;
  };
  return { blob, layer };
}

/** Takes an image of a `docker save` archive into the hub. */
function addToHub(catalogue: Catalogue, store: Store, files: Map<string, Uint8Array>, { name, hub }: Recipe): void {
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const images = JSON.parse(new TextDecoder().decode(files.get('manifest.json'))) as SavedImage[];
  const tag = name.includes(':') ? name : `${name}:latest`;
  const saved = images.find(({ RepoTags }) => RepoTags?.includes(tag));
  if (!saved) throw new Error(`${name} is not in the archive`);
  const config = store.blob(files.get(saved.Config)!);
  const layers = saved.Layers.map((path) => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    ...store.layer(path),
  }));
  const pushed = store.blob(
    text({
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers,
    }),
  );
  const platform = { architecture: 'amd64', os: 'linux' };
  const index = store.blob(
    text({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [{ mediaType: OCI_MANIFEST, ...pushed, platform }] }),
  );
  catalogue.manifests[pushed.digest] = { mediaType: OCI_MANIFEST, size: pushed.size };
  catalogue.manifests[index.digest] = { mediaType: OCI_INDEX, size: index.size };
  const { description, stars } = hub;
  for (const repositoryName of [hub.repository, ...(hub.aliases ?? [])]) {
    const repository = (catalogue.repositories[repositoryName] ??= { tags: {}, description, stars });
    for (const one of hub.tags) repository.tags[one] = index.digest;
  }
}
