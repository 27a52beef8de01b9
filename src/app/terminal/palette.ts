import type { ITheme } from '@xterm/xterm';

const NAMES = ['black', 'red', 'green', 'yellow', 'blue', 'magenta', 'cyan', 'white'] as const;

/** xterm's colours from the page's tokens, for the theme that is on. */
export function terminalTheme(element: Element): ITheme {
  const style = getComputedStyle(element);
  const token = (name: string) => style.getPropertyValue(`--term-${name}`).trim();
  const theme: ITheme = {
    background: token('bg'),
    foreground: token('fg'),
    cursor: token('cursor'),
    cursorAccent: token('cursor-ink'),
    selectionBackground: token('selection'),
  };
  for (const name of NAMES) {
    theme[name] = token(name);
    theme[`bright${name[0]!.toUpperCase()}${name.slice(1)}` as 'brightRed'] = token(`bright-${name}`);
  }
  return theme;
}

/** The terminal's font, from the tokens. */
export const terminalFont = (element: Element): string =>
  getComputedStyle(element).getPropertyValue('--font-mono').trim();

/** Height of a row, in font sizes. */
const LEADING = 1.4;

/**
 * xterm's `lineHeight` is a multiple of the font's own line, which differs from font to font: this one gives rows of
 * 1.4 font sizes for any of them.
 */
export function terminalLineHeight(element: Element, fontSize: number): number {
  const probe = document.createElement('span');
  probe.textContent = 'W';
  probe.style.cssText = `position:absolute;visibility:hidden;line-height:normal;font:${fontSize}px ${terminalFont(element)}`;
  element.append(probe);
  const own = probe.getBoundingClientRect().height;
  probe.remove();
  return own > 0 ? Math.max(1, (LEADING * fontSize) / own) : 1;
}
