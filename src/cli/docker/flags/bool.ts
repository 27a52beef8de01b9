import { quote } from '../../../lib/quote.ts';

/** strconv.ParseBool. @returns undefined where the text is none */
export function parseBool(text: string): boolean | undefined {
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text)) return true;
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(text) ? false : undefined;
}

/** What strconv.ParseBool says of a text that is none. */
export const notBool = (text: string): string => `strconv.ParseBool: parsing ${quote(text)}: invalid syntax`;
