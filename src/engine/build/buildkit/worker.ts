import type { Sys } from '../../../abi/sys.ts';
import type { ValueOf } from '../../../lib/protobuf.ts';
import type { Daemon } from '../../daemon.ts';
import { gcPolicies } from '../collector.ts';
import type { Platform, WorkerRecord } from './control-proto.ts';

const NANOSECONDS = 1e6;
const platform = (Architecture: string, Variant = ''): ValueOf<typeof Platform> => ({
  Architecture,
  OS: 'linux',
  Variant,
});
/** The one worker, the engine itself, as a recording of Engine 28.5 has it. */
export const workerRecord = (sys: Sys, daemon: Daemon): WorkerRecord => ({
  ID: daemon.id,
  Labels: new Map([['org.mobyproject.buildkit.worker.moby.host-gateway-ip', '172.17.0.1']]),
  platforms: [
    platform('amd64'),
    platform('amd64', 'v2'),
    platform('amd64', 'v3'),
    platform('amd64', 'v4'),
    platform('386'),
  ],
  GCPolicy: gcPolicies(sys, daemon).map(({ keepDuration, filters, ...rest }) => ({
    ...rest,
    keepDuration: keepDuration * NANOSECONDS,
    filters: [...filters],
  })),
  BuildkitVersion: { package: 'github.com/moby/buildkit', version: 'v0.25.1', revision: '', dockerfileVersion: '' },
});

/** What a frontend in the client may ask. */
export const FRONTEND_CAPS = [
  'frontend.caps',
  'frontend.inputs',
  'gateway.evaluate',
  'gateway.solve.evaluate',
  'gateway.solve.metadata',
  'importcaches',
  'proto.refarray',
  'readdir',
  'readfile',
  'reference.output',
  'return',
  'returnmap',
  'solve.base',
  'statfile',
] as const;

/** What steps may do, as far as clients ask for it before they send a build. */
export const STEP_CAPS = [
  'constraints',
  'exec.meta.base',
  'exec.meta.cgroup.parent',
  'exec.meta.network',
  'exec.meta.proxyenv',
  'exec.meta.ulimit',
  'exec.mount.bind',
  'exec.mount.cache',
  'exec.mount.cache.sharing',
  'exec.mount.secret',
  'exec.mount.selector',
  'exec.mount.ssh',
  'exec.mount.tmpfs',
  'exec.mount.tmpfs.size',
  'exec.secretenv',
  'exporter.multiple',
  'file.base',
  'file.copy.includeexcludepatterns',
  'gc.freespacefilter',
  'history.filter',
  'meta.description',
  'meta.ignorecache',
  'platform',
  'source.git',
  'source.git.checksum',
  'source.git.keepgitdir',
  'source.git.subdir',
  'source.http',
  'source.http.checksum',
  'source.image',
  'source.image.resolvemode',
  'source.local',
  'source.local.excludepatterns',
  'source.local.followpaths',
  'source.local.sessionid',
  'source.local.sharedkeyhint',
  'source.local.unique',
] as const;
