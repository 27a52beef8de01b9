import type { InfoAnswer } from '../../api/system.ts';
import { sorted } from '../container/defaults.ts';
import type { Call } from '../server/call.ts';

type Commit = { ID: string };

/** What GET /info says to a client of an older version: fields that went are there, those that came are not. */
export function infoFor(call: Call, info: InfoAnswer): InfoAnswer {
  if (call.since('1.50')) return info;
  const old: InfoAnswer = { ...info, BridgeNfIptables: false, BridgeNfIp6tables: false };
  if (!call.since('1.49')) {
    delete old.FirewallBackend;
    for (const name of ['ContainerdCommit', 'RuncCommit', 'InitCommit']) {
      const { ID } = info[name] as Commit;
      old[name] = { Expected: ID, ID };
    }
  }
  if (!call.since('1.47'))
    old.RegistryConfig = {
      AllowNondistributableArtifactsCIDRs: null,
      AllowNondistributableArtifactsHostnames: null,
      ...(info.RegistryConfig as object),
    };
  if (!call.since('1.46')) delete old.Containerd;
  if (!call.since('1.42')) old.KernelMemory = false;
  // with fields of older versions the answer is a map, which Go writes in the order of its keys
  return sorted(old) as InfoAnswer;
}
