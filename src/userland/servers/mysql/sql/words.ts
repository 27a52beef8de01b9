/** Operators that compare. */
export const COMPARE = ['=', '<', '>', '<=', '>=', '<>', '!=', '<=>'];
/** Units of intervals. */
export const UNITS =
  'MICROSECOND SECOND MINUTE HOUR DAY WEEK MONTH QUARTER YEAR SECOND_MICROSECOND MINUTE_MICROSECOND MINUTE_SECOND HOUR_MICROSECOND HOUR_SECOND HOUR_MINUTE DAY_MICROSECOND DAY_SECOND DAY_MINUTE DAY_HOUR YEAR_MONTH'.split(
    ' ',
  );
/** Functions that need no parentheses. */
export const BARE = [
  'CURRENT_TIMESTAMP',
  'CURRENT_DATE',
  'CURRENT_TIME',
  'LOCALTIME',
  'LOCALTIMESTAMP',
  'UTC_DATE',
  'UTC_TIME',
  'UTC_TIMESTAMP',
  'CURRENT_USER',
];
/** Reserved words that are functions when a parenthesis follows. */
export const CALLED = [
  'IF',
  'LEFT',
  'RIGHT',
  'REPLACE',
  'REPEAT',
  'MOD',
  'CHAR',
  'INSERT',
  'DATABASE',
  'SCHEMA',
  'VALUES',
  'TRUNCATE',
  'INTERVAL',
];
