import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Catalogue, packRootfs, type RootfsFolder, readRootfs } from '../machine/index.ts';

/** All files get this time, so that the same folder gives the same digests: 2025-10-01. */
const BUILT = 1_759_276_800;

/** Reads images/NAME for `readRootfs`. */
function rootfsFolder(folder: string): RootfsFolder {
  const root = join(folder, 'rootfs');
  const walk = (at: string): string[] =>
    existsSync(at)
      ? readdirSync(at).flatMap((name) =>
          statSync(join(at, name)).isDirectory() ? walk(join(at, name)) : [join(at, name)],
        )
      : [];
  return {
    manifest: readFileSync(join(folder, 'rootfs.manifest'), 'utf8'),
    file: (path) => (existsSync(join(root, path)) ? new Uint8Array(readFileSync(join(root, path))) : undefined),
    files: () => walk(root).map((path) => path.slice(root.length)),
  };
}

/** `drydock images`: makes the disks of hosts and the images of Docker Hub from a folder. @returns 0 */
export async function buildImages(images: string, out: string): Promise<number> {
  rmSync(out, { recursive: true, force: true });
  mkdirSync(join(out, 'sha256'), { recursive: true });
  const catalogue: Catalogue = { hosts: {}, repositories: {}, manifests: {}, blobs: {} };
  const put = (bytes: Uint8Array): { digest: string; size: number } => {
    const hex = createHash('sha256').update(bytes).digest('hex');
    writeFileSync(join(out, 'sha256', hex), bytes);
    catalogue.blobs[`sha256:${hex}`] = bytes.length;
    return { digest: `sha256:${hex}`, size: bytes.length };
  };
  for (const name of readdirSync(images).sort()) {
    const folder = join(images, name);
    if (!existsSync(join(folder, 'rootfs.manifest'))) continue;
    const tar = packRootfs(
      readRootfs((other) => rootfsFolder(join(folder, other))),
      BUILT,
    );
    if (name.startsWith('host-')) {
      catalogue.hosts[name.slice(5)] = put(gzipSync(tar, { level: 9 }));
      continue;
    }
    if (!existsSync(join(folder, 'hub.json'))) continue;
    addImage(catalogue, put, folder, tar);
  }
  writeFileSync(join(out, 'index.json'), JSON.stringify(catalogue));
  return 0;
}

/** An image of one layer whose Dockerfile is FROM scratch, LABEL, ADD rootfs.tar / and CMD. */
function addImage(
  catalogue: Catalogue,
  put: (bytes: Uint8Array) => { digest: string; size: number },
  folder: string,
  tar: Uint8Array,
): void {
  const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));
  const hub = JSON.parse(readFileSync(join(folder, 'hub.json'), 'utf8')) as { repository: string; tags: string[] };
  const cmd = /^CMD (.*)$/m.exec(readFileSync(join(folder, 'Dockerfile'), 'utf8'));
  const layer = put(gzipSync(tar, { level: 9 }));
  const created = new Date(BUILT * 1000).toISOString().replace('.000', '');
  const config = put(
    text({
      architecture: 'amd64',
      config: {
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        Cmd: cmd ? JSON.parse(cmd[1]!) : null,
        WorkingDir: '/',
      },
      created,
      history: [
        { created, created_by: 'ADD rootfs.tar / # buildkit', comment: 'buildkit.dockerfile.v0' },
        { created, created_by: `CMD ${cmd?.[1] ?? ''}`, comment: 'buildkit.dockerfile.v0', empty_layer: true },
      ],
      os: 'linux',
      rootfs: { type: 'layers', diff_ids: [`sha256:${createHash('sha256').update(tar).digest('hex')}`] },
    }),
  );
  const manifestType = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = put(
    text({
      schemaVersion: 2,
      mediaType: manifestType,
      config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', ...layer }],
    }),
  );
  const indexType = 'application/vnd.oci.image.index.v1+json';
  const index = put(
    text({
      schemaVersion: 2,
      mediaType: indexType,
      manifests: [{ mediaType: manifestType, ...manifest, platform: { architecture: 'amd64', os: 'linux' } }],
    }),
  );
  catalogue.manifests[manifest.digest] = { mediaType: manifestType, size: manifest.size };
  catalogue.manifests[index.digest] = { mediaType: indexType, size: index.size };
  catalogue.repositories[hub.repository] = { tags: Object.fromEntries(hub.tags.map((tag) => [tag, index.digest])) };
}
