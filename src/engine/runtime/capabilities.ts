import { CAPABILITIES, type Capability } from '../../abi/credentials.ts';
import { ApiError } from '../../api/errors.ts';
import { quote } from '../../lib/quote.ts';

/** What a container may do unless told otherwise. */
export const DEFAULT_CAPABILITIES: readonly Capability[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
];

/** Brings the names of --cap-add or --cap-drop into their full form, sorted. @throws ApiError for an unknown one */
export function normalizeCapabilities(field: 'CapAdd' | 'CapDrop', names: readonly string[] | null): string[] | null {
  if (names === null || names.length === 0) return null;
  const out = new Set<string>();
  for (const name of names) {
    let full = name.toUpperCase();
    if (full === 'ALL') {
      out.add(full);
      continue;
    }
    if (!full.startsWith('CAP_')) full = `CAP_${full}`;
    if (!(CAPABILITIES as readonly string[]).includes(full))
      throw new ApiError('invalid-parameter', `invalid ${field}: unknown capability: ${quote(full)}`);
    out.add(full);
  }
  return [...out].sort();
}

/** The set that a container gets (moby daemon/pkg/oci/caps TweakCapabilities). */
export function tweakCapabilities(
  add: readonly string[] | null,
  drop: readonly string[] | null,
  privileged: boolean,
): Capability[] {
  if (privileged) return [...CAPABILITIES];
  const added = new Set(normalizeCapabilities('CapAdd', add));
  const dropped = new Set(normalizeCapabilities('CapDrop', drop));
  const base: readonly Capability[] = added.has('ALL') ? CAPABILITIES : dropped.has('ALL') ? [] : DEFAULT_CAPABILITIES;
  const kept = base.filter((c) => !dropped.has(c));
  for (const name of added) {
    const capability = name as Capability;
    if (name !== 'ALL' && !kept.includes(capability)) kept.push(capability);
  }
  return kept;
}
