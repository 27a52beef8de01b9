import type { Value } from './values.ts';

/** Variables that the language itself reads or sets. */
export const SPECIAL = [
  'FS',
  'OFS',
  'ORS',
  'RS',
  'NR',
  'FNR',
  'FILENAME',
  'SUBSEP',
  'CONVFMT',
  'OFMT',
  'RSTART',
  'RLENGTH',
  'ARGC',
  'RT',
  'IGNORECASE',
] as const;

/** What they are before the program begins. */
export const INITIAL: Readonly<Partial<Record<(typeof SPECIAL)[number], Value>>> = {
  FS: ' ',
  OFS: ' ',
  ORS: '\n',
  RS: '\n',
  NR: 0,
  FNR: 0,
  SUBSEP: '\x1c',
  CONVFMT: '%.6g',
  OFMT: '%.6g',
  RSTART: 0,
  RLENGTH: -1,
};
