import type { Paragraph } from '../../../lib/deb822.ts';
import { compareDebianVersions } from '../../../lib/debian-version.ts';

/** One alternative of a relation: `name (>= 1.2)`. */
export interface Relation {
  name: string;
  operator?: '<<' | '<=' | '=' | '>=' | '>>';
  version?: string;
}

/** Reads `a (>= 1) | b, c [amd64]`: a list of groups of alternatives. @see deb-control(5) */
export function parseRelations(text: string | undefined): Relation[][] {
  if (!text) return [];
  return text
    .split(',')
    .map((group) =>
      group
        .split('|')
        .map((part) => {
          const m = /^\s*([a-zA-Z0-9.+-]+)(?::[a-z0-9]+)?\s*(?:\(\s*(<<|<=|=|>=|>>|<|>)\s*([^)\s]+)\s*\))?/.exec(part);
          if (!m) return undefined;
          const operator = m[2] === '<' ? '<=' : m[2] === '>' ? '>=' : (m[2] as Relation['operator']);
          return operator ? { name: m[1]!, operator, version: m[3]! } : { name: m[1]! };
        })
        .filter((one): one is Relation => one !== undefined),
    )
    .filter((group) => group.length > 0);
}

/** Whether a version is one that the relation allows. */
export function versionFits(relation: Relation, version: string): boolean {
  if (!relation.operator || relation.version === undefined) return true;
  const order = compareDebianVersions(version, relation.version);
  switch (relation.operator) {
    case '<<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '=':
      return order === 0;
    case '>=':
      return order >= 0;
    default:
      return order > 0;
  }
}

/** Depends and Pre-Depends of a package. */
export const dependenciesOf = (fields: Paragraph): Relation[][] => [
  ...parseRelations(fields.get('Pre-Depends')),
  ...parseRelations(fields.get('Depends')),
];

/** Names that a package provides, without itself. */
export const providesOf = (fields: Paragraph): Relation[] => parseRelations(fields.get('Provides')).flat();

/** Whether the package itself, or what it provides, is what the relation asks for. */
export function satisfies(relation: Relation, name: string, version: string, provides: readonly Relation[]): boolean {
  if (relation.name === name) return versionFits(relation, version);
  return provides.some(
    (one) =>
      one.name === relation.name &&
      (relation.operator === undefined || (one.version !== undefined && versionFits(relation, one.version))),
  );
}

/** The relation as text. */
export const relationText = (relation: Relation): string =>
  relation.operator ? `${relation.name} (${relation.operator} ${relation.version})` : relation.name;
