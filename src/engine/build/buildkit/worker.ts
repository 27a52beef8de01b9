import type { ValueOf } from '../../../lib/protobuf.ts';
import type { Platform, WorkerRecord } from './control-proto.ts';

const HOUR = 3600e9;
const platform = (Architecture: string, Variant = ''): ValueOf<typeof Platform> => ({
  Architecture,
  OS: 'linux',
  Variant,
});
const policy = {
  all: false,
  keepDuration: 0,
  reservedSpace: 0,
  filters: [] as string[],
  maxUsedSpace: 0,
  minFreeSpace: 0,
};
const LIMITS = { reservedSpace: 26e9, maxUsedSpace: 202e9, minFreeSpace: 51e9 };

/** The one worker, the engine itself, as a recording of Engine 28.5 has it. */
export function workerRecord(id: string): WorkerRecord {
  return {
    ID: id,
    Labels: new Map([['org.mobyproject.buildkit.worker.moby.host-gateway-ip', '172.17.0.1']]),
    platforms: [
      platform('amd64'),
      platform('amd64', 'v2'),
      platform('amd64', 'v3'),
      platform('amd64', 'v4'),
      platform('386'),
    ],
    GCPolicy: [
      {
        ...policy,
        keepDuration: 48 * HOUR,
        filters: ['type==source.local,type==exec.cachemount,type==source.git.checkout'],
        maxUsedSpace: 3592570859,
      },
      { ...policy, keepDuration: 60 * 24 * HOUR, ...LIMITS },
      { ...policy, ...LIMITS },
      { ...policy, all: true, ...LIMITS },
    ],
    BuildkitVersion: { package: 'github.com/moby/buildkit', version: 'v0.25.1', revision: '', dockerfileVersion: '' },
  };
}

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
