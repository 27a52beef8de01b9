import type { Messages } from './i18n/en.ts';

/** How long ago a time was, in words of the page. Both in milliseconds since the Epoch. */
export function age(t: Messages, since: number, now: number): string {
  const words = t.harbour.ago;
  const seconds = Math.floor((now - since) / 1000);
  if (seconds < 1) return words.now;
  if (seconds < 60) return words.seconds(seconds);
  if (seconds < 3600) return words.minutes(Math.floor(seconds / 60));
  if (seconds < 172_800) return words.hours(Math.floor(seconds / 3600));
  return words.days(Math.floor(seconds / 86_400));
}

/** Time of the day by the visitor's clock, `14:02:31`. */
export function clockTime(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((n) => String(n).padStart(2, '0')).join(':');
}
