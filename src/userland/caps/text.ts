import { CAPABILITIES, type Capability, type CapSet } from '../../abi/credentials.ts';

/** Three sets of capabilities, as cap_from_text(3) and cap_to_text(3) have them. */
export interface CapTriple {
  permitted: CapSet;
  effective: CapSet;
  inheritable: CapSet;
}

export const capName = (cap: Capability): string => cap.toLowerCase();

/** The capability of a name or a number. */
export function capOf(name: string): Capability | undefined {
  if (/^\d+$/.test(name)) return CAPABILITIES[Number(name)];
  const upper = name.toUpperCase();
  return CAPABILITIES.find((cap) => cap === upper);
}

/** A list with commas. @returns undefined where a name is unknown */
export function capList(text: string): Set<Capability> | undefined {
  if (text === '' || text === 'all') return new Set(text === 'all' ? CAPABILITIES : []);
  const caps = text.split(',').map(capOf);
  return caps.every((cap) => cap !== undefined) ? new Set(caps) : undefined;
}

/** Reads clauses like `cap_chown,cap_kill+ep all=i`. @returns undefined where they are wrong */
export function capsFromText(text: string): CapTriple | undefined {
  const sets = { p: new Set<Capability>(), e: new Set<Capability>(), i: new Set<Capability>() };
  for (const clause of text.trim().split(/\s+/)) {
    if (clause === '') continue;
    const m = /^([^-+=]*)((?:[-+=][pei]*)+)$/.exec(clause);
    if (!m) return undefined;
    const caps = m[1] === '' ? (m[2]!.startsWith('=') ? capList('all') : undefined) : capList(m[1]!);
    if (!caps) return undefined;
    for (const [, sign, letters = ''] of m[2]!.matchAll(/([-+=])([pei]*)/g)) {
      if (sign === '=') for (const set of Object.values(sets)) for (const cap of caps) set.delete(cap);
      for (const letter of letters as Iterable<'p' | 'e' | 'i'>)
        for (const cap of caps)
          if (sign === '-') sets[letter].delete(cap);
          else sets[letter].add(cap);
    }
  }
  return { permitted: sets.p, effective: sets.e, inheritable: sets.i };
}

/** Writes the sets: what most capabilities have first, then those that differ. */
export function capsToText(caps: CapTriple): string {
  const flagsOf = (cap: Capability): string =>
    (caps.effective.has(cap) ? 'e' : '') +
    (caps.inheritable.has(cap) ? 'i' : '') +
    (caps.permitted.has(cap) ? 'p' : '');
  const groups = new Map<string, Capability[]>();
  for (const cap of CAPABILITIES) groups.set(flagsOf(cap), [...(groups.get(flagsOf(cap)) ?? []), cap]);
  let base = '';
  for (const [flags, members] of groups) if (members.length > (groups.get(base)?.length ?? 0)) base = flags;
  let out = base === '' ? '' : `=${base}`;
  for (const [flags, members] of groups) {
    if (flags === base) continue;
    const names = members.map(capName).join(',');
    const more = [...flags].filter((letter) => !base.includes(letter)).join('');
    const less = [...base].filter((letter) => !flags.includes(letter)).join('');
    const change = base === '' ? `=${flags}` : (more === '' ? '' : `+${more}`) + (less === '' ? '' : `-${less}`);
    out += `${out === '' ? '' : ' '}${names}${change}`;
  }
  return out === '' ? '=' : out;
}

/** The names of a set with commas, in the order of their numbers. */
export const capNames = (set: CapSet): string =>
  CAPABILITIES.filter((cap) => set.has(cap))
    .map(capName)
    .join(',');

/** The set of a hexadecimal number. */
export function capsFromHex(text: string): CapSet {
  const digits = /^[0-9a-f]*/i.exec(text.replace(/^0x/i, ''))![0];
  const bits = BigInt(`0x${digits === '' ? '0' : digits}`);
  return new Set(CAPABILITIES.filter((_, bit) => (bits >> BigInt(bit)) & 1n));
}
