import { cutToWidth, textWidth } from '../../../lib/wcwidth.ts';

/** The first twelve digits of an id, without its algorithm. */
export function shortId(id: string): string {
  const colon = id.indexOf(':');
  const digits = colon < 0 ? id : id.slice(colon + 1);
  return digits.slice(0, 12);
}

/** Cuts to a number of columns, with … where something is cut. */
export function ellipsis(text: string, width: number): string {
  if (width <= 0) return '';
  if (textWidth(text) <= width) return text;
  if (width === 1) return cutToWidth(text, 1);
  return `${cutToWidth(text, width - 1)}…`;
}

/** `text` with its first letter in lower case. */
export const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
