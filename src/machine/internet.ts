import { ROOT } from '../abi/credentials.ts';
import { S_IFREG } from '../abi/stat.ts';
import type { Entry } from '../abi/sys.ts';
import type { Kernel, NetNamespace } from '../kernel/index.ts';
import { makeElf } from '../lib/elf.ts';
import { encode } from '../lib/utf8.ts';
import {
  BlobRef,
  type BlobSource,
  createNamespace,
  mkdir,
  mknod,
  namespaceRoot,
  resolve,
  TmpFs,
  type VfsContext,
  VfsState,
} from '../vfs/index.ts';
import type { Catalogue } from './catalogue.ts';

const DISK = 1024 ** 3;
const INODES = 100_000;

/** What people push to Docker Hub is kept by a registry behind its site. */
const REGISTRY = `version: 0.1
log: { level: error, accesslog: { disabled: true } }
storage: { filesystem: { rootdirectory: /var/lib/registry } }
http: { addr: '127.0.0.1:5000' }
`;

/**
 * Connects a machine to the simulated internet and boots its hosts: a name server at the gateway, Docker Hub.
 * @param settle hands on what is loaded
 */
export async function bootInternet(
  kernel: Kernel,
  blobs: BlobSource,
  catalogue: Catalogue,
  settle: <T>(promise: Promise<T>) => Promise<T>,
): Promise<void> {
  const room = await settle(import('../internet/index.ts'));
  const internet = kernel.net.internet();
  boot(kernel, internet.router, room.dns, ['dns'], hostDisk(kernel, blobs, [], { '/srv/dns/zone': room.zoneText() }));
  const executable = (program: string): Uint8Array => makeElf({ program, version: '', flavour: 'glibc' });
  for (const host of room.HOSTS) {
    const net = kernel.net.createNamespace();
    internet.attachHost(net, host.address);
    if (host.program === 'dns') {
      boot(kernel, net, room.dns, ['dns'], hostDisk(kernel, blobs, [], { '/srv/dns/zone': room.zoneText() }));
      continue;
    }
    const refs = [
      ...(host.catalogue ? catalogueFiles(catalogue) : []),
      ...(host.program === 'web' ? siteFiles(catalogue) : []),
    ];
    const files: Record<string, string | Uint8Array> = {
      [`/bin/${host.program}`]: executable(host.program),
      ...(host.program === 'web' && { '/bin/git': executable('git') }),
      ...(host.catalogue && {
        '/bin/registry': executable('registry'),
        '/etc/registry.yml': REGISTRY,
        '/srv/hub/index.json': JSON.stringify(catalogue),
      }),
    };
    const init = room.inetd(`/bin/${host.program}`, [80, 443]);
    boot(kernel, net, init, [host.program], hostDisk(kernel, blobs, refs, files));
  }
}

function boot(kernel: Kernel, net: NetNamespace, init: Entry, argv: readonly string[], root: TmpFs): void {
  kernel.bootBeside({ root, source: '/dev/vda1', init, argv, envp: [] }, net);
}

interface FileRef {
  path: string;
  ref: BlobRef;
}

/** Every blob of the catalogue as a file that refers to it: nothing is read until somebody asks. */
function catalogueFiles(catalogue: Catalogue): FileRef[] {
  const files: FileRef[] = [];
  for (const [digest, size] of Object.entries(catalogue.blobs))
    files.push({ path: `/srv/hub/${digest.replace(':', '/')}`, ref: new BlobRef(digest, 0, size) });
  return files;
}

/** The archive of the sites' files. */
const siteFiles = ({ sites }: Catalogue): FileRef[] =>
  sites ? [{ path: '/srv/web.tar.gz', ref: new BlobRef(sites.digest, 0, sites.size) }] : [];

function hostDisk(
  kernel: Kernel,
  blobs: BlobSource,
  refs: readonly FileRef[],
  files: Readonly<Record<string, string | Uint8Array>>,
): TmpFs {
  const fs = new TmpFs({ type: 'ext4', bytes: DISK, inodes: INODES, now: kernel.coarse, blobs });
  const ns = createNamespace(fs, 'root', new VfsState());
  const root = namespaceRoot(ns);
  const ctx: VfsContext = {
    cred: ROOT,
    root,
    cwd: root,
    umask: 0,
    ns,
    now: () => kernel.coarse,
    waker: () => () => {},
    openSpecial: () => -6,
  };
  for (const dir of ['/bin', '/etc', '/tmp', '/srv', '/srv/hub', '/srv/hub/sha256', '/srv/dns']) mkdir(ctx, dir, 0o755);
  const inodeAt = (path: string) => {
    mknod(ctx, path, S_IFREG | (path.startsWith('/bin/') ? 0o755 : 0o644), 0);
    const place = resolve(ctx, path);
    return typeof place === 'number' ? undefined : place.inode;
  };
  for (const { path, ref } of refs) inodeAt(path)?.referToBlob(ctx, ref);
  for (const [path, content] of Object.entries(files))
    inodeAt(path)?.write(ctx, typeof content === 'string' ? encode(content) : content, 0);
  return fs;
}
