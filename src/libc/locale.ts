/** Whether the locale of an environment has UTF-8 characters (LC_ALL, else LC_CTYPE, else LANG). */
export function isUtf8(env: ReadonlyMap<string, string>): boolean {
  return /utf-?8/i.test(env.get('LC_ALL') || env.get('LC_CTYPE') || env.get('LANG') || '');
}
