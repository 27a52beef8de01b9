/** How each part of grep's output is coloured. */
export interface Colors {
  match(text: string): string;
  file(text: string): string;
  line(text: string): string;
  separator(text: string): string;
}

/**
 * The colours of GREP_COLORS (`mt=01;31:fn=35:ln=32:se=36:ne`) over the built-in ones.
 * @see GNU grep manual, "Environment Variables"
 */
export function grepColors(setting: string): Colors {
  const codes: Record<string, string> = { ms: '01;31', fn: '35', ln: '32', se: '36' };
  let erase = '\x1b[K';
  for (const part of setting.split(':')) {
    const [name = '', value] = part.split('=', 2);
    if (name === 'ne' && value === undefined) erase = '';
    else if (value !== undefined) codes[name === 'mt' ? 'ms' : name] = value;
  }
  const paint = (name: string) => (text: string) => {
    const code = codes[name] ?? '';
    return code === '' ? text : `\x1b[${code}m${erase}${text}\x1b[m${erase}`;
  };
  return { match: paint('ms'), file: paint('fn'), line: paint('ln'), separator: paint('se') };
}
