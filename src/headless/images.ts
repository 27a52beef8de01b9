import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import {
  CATALOGUE_NAME,
  type Catalogue,
  gzipLayer,
  packDisk,
  packFiles,
  packRootfs,
  type RootfsFolder,
  readRootfs,
  readTar,
  unpackInto,
} from '../machine/images.ts';
import { type BlobSource, loginEnvironment, Machine, shellStatus, type World } from '../machine/index.ts';
import { nodeWorld } from './world.ts';

/** All files get this time, so that the same folder gives the same digests: 2025-10-01. */
const BUILT = 1_759_276_800;

const OCI_INDEX = 'application/vnd.oci.image.index.v1+json';
const OCI_MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** hub.json: under which names Docker Hub has an image, and what its search says. */
interface HubEntry {
  repository: string;
  description: string;
  stars: number;
  tags: string[];
}

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/** All files below a folder, as paths. */
const walk = (at: string): string[] =>
  existsSync(at)
    ? readdirSync(at).flatMap((name) =>
        statSync(join(at, name)).isDirectory() ? walk(join(at, name)) : [join(at, name)],
      )
    : [];

/** Reads images/NAME for `readRootfs`. */
function rootfsFolder(folder: string): RootfsFolder {
  const root = join(folder, 'rootfs');
  return {
    manifest: readFileSync(join(folder, 'rootfs.manifest'), 'utf8'),
    file: (path) => (existsSync(join(root, path)) ? new Uint8Array(readFileSync(join(root, path))) : undefined),
    files: () => walk(root).map((path) => path.slice(root.length)),
  };
}

const rootfsTar = (folder: string): Uint8Array =>
  packRootfs(
    readRootfs((other) => rootfsFolder(join(folder, other))),
    BUILT,
  );

/** The folders that hold an image, those that others are FROM first. */
function inOrder(images: string): string[] {
  const names = readdirSync(images).filter((name) => existsSync(join(images, name, 'hub.json')));
  const done: string[] = [];
  const visit = (name: string): void => {
    if (done.includes(name)) return;
    for (const [, base] of readFileSync(join(images, name, 'Dockerfile'), 'utf8').matchAll(/^FROM\s+(\S+)/gm)) {
      const other = base!.replace(/:.*$/, '');
      if (names.includes(other) && other !== name) visit(other);
    }
    done.push(name);
  };
  for (const name of names.sort()) visit(name);
  return done;
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
  for (const name of readdirSync(images).sort())
    if (name.startsWith('host-')) {
      const tar = rootfsTar(join(images, name));
      catalogue.disks[name.slice('host-'.length)] = put(gzipLayer(await packDisk(world, tar)));
    }
  const machine = await Machine.boot({ ...world, blobs: folderWith(out, catalogue) });
  if (!(await machine.socketAnswers('/var/run/docker.sock'))) throw new Error('the engine does not answer');
  for (const name of inOrder(images)) {
    await build(machine, join(images, name), name);
    addToHub(catalogue, put, readTar(await save(machine, name)), join(images, name));
  }
  machine.kernel.shutdown();
  writeFileSync(join(out, CATALOGUE_NAME), JSON.stringify(catalogue));
  return 0;
}

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

/** Puts an image's folder on the host's disk and builds it there. @throws Error with the builder's output */
async function build(machine: Machine, folder: string, name: string): Promise<void> {
  const files = new Map<string, { data: Uint8Array; mode: number }>();
  for (const path of walk(folder)) {
    const inside = relative(folder, path);
    if (inside.startsWith('rootfs/') || inside === 'rootfs.manifest' || inside === 'hub.json') continue;
    files.set(inside, { data: new Uint8Array(readFileSync(path)), mode: statSync(path).mode & 0o111 ? 0o755 : 0o644 });
  }
  if (existsSync(join(folder, 'rootfs.manifest'))) files.set('rootfs.tar', { data: rootfsTar(folder), mode: 0o644 });
  const archive = packFiles(files, BUILT);
  const dir = `/tmp/images/${name}`;
  const unpacked = await run(machine, (sys) => unpackInto(sys, archive, dir));
  if (unpacked.status !== 0) throw new Error(`${name}: the context could not be unpacked`);
  const built = await run(machine, '/bin/bash', ['bash', '-c', `docker build -t ${name} ${dir} 2>&1 && rm -rf ${dir}`]);
  if (built.status !== 0) throw new Error(`${name}: ${new TextDecoder().decode(built.output)}`);
}

async function save(machine: Machine, name: string): Promise<Uint8Array> {
  const { status, output } = await run(machine, '/bin/bash', ['bash', '-c', `docker save ${name} | cat`]);
  if (status !== 0) throw new Error(`${name}: docker save failed`);
  return output;
}

/** Runs a program of the host to its end. */
async function run(
  machine: Machine,
  program: Parameters<Machine['kernel']['start']>[0],
  argv = ['images'],
): Promise<{ status: number; output: Uint8Array }> {
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
  return { status: shellStatus(await machine.ended(started)), output: Buffer.concat(pieces) };
}

/** Takes the image of a `docker save` archive into the hub, its layers compressed. */
function addToHub(
  catalogue: Catalogue,
  put: (bytes: Uint8Array) => { digest: string; size: number },
  files: Map<string, Uint8Array>,
  folder: string,
): void {
  const json = <T>(name: string): T => JSON.parse(new TextDecoder().decode(files.get(name))) as T;
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const blob = (digest: string): Uint8Array => files.get(`blobs/${digest.replace(':', '/')}`)!;
  const hub = JSON.parse(readFileSync(join(folder, 'hub.json'), 'utf8')) as HubEntry;
  const saved = json<{ manifests: Descriptor[] }>('index.json').manifests[0]!;
  const manifest = json<{ config: Descriptor; layers: Descriptor[] }>(`blobs/${saved.digest.replace(':', '/')}`);
  const note = (stored: { digest: string; size: number }): { digest: string; size: number } => {
    catalogue.blobs[stored.digest] = stored.size;
    return stored;
  };
  const config = note(put(blob(manifest.config.digest)));
  const layers = manifest.layers.map((layer) => ({
    mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip',
    ...note(put(gzipLayer(blob(layer.digest)))),
  }));
  const pushed = note(
    put(
      text({
        schemaVersion: 2,
        mediaType: OCI_MANIFEST,
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
        layers,
      }),
    ),
  );
  const platform = { architecture: 'amd64', os: 'linux' };
  const index = note(
    put(
      text({ schemaVersion: 2, mediaType: OCI_INDEX, manifests: [{ mediaType: OCI_MANIFEST, ...pushed, platform }] }),
    ),
  );
  catalogue.manifests[pushed.digest] = { mediaType: OCI_MANIFEST, size: pushed.size };
  catalogue.manifests[index.digest] = { mediaType: OCI_INDEX, size: index.size };
  const { description, stars } = hub;
  const repository = (catalogue.repositories[hub.repository] ??= { tags: {}, description, stars });
  for (const tag of hub.tags) repository.tags[tag] = index.digest;
}
