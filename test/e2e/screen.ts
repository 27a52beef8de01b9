import { expect, type Page } from '@playwright/test';

interface Hook {
  term:
    | {
        buffer: {
          active: {
            length: number;
            baseY: number;
            cursorY: number;
            getLine(y: number): { translateToString(trim: boolean): string; isWrapped: boolean } | undefined;
          };
        };
      }
    | undefined;
  phase: string;
  engine: boolean;
  saved: string;
}

/** All rows of the active terminal, wrapped ones joined. */
export function screen(page: Page): Promise<string> {
  return page.evaluate(() => {
    const buffer = (globalThis as unknown as { __drydock?: Hook }).__drydock?.term?.buffer.active;
    if (!buffer) return '';
    let text = '';
    for (let y = 0; y < buffer.length; y++) {
      const line = buffer.getLine(y);
      text += `${line?.isWrapped || y === 0 ? '' : '\n'}${line?.translateToString(true) ?? ''}`;
    }
    return text.trimEnd();
  });
}

export const phase = (page: Page): Promise<string> =>
  page.evaluate(() => (globalThis as unknown as { __drydock?: Hook }).__drydock?.phase ?? '');

/** The last line that is not empty. */
export const lastLine = async (page: Page): Promise<string> => (await screen(page)).split('\n').at(-1) ?? '';

/** Waits for the host's prompt. */
export async function prompt(page: Page, timeout = 30_000): Promise<void> {
  await expect.poll(() => lastLine(page), { timeout, message: 'the prompt' }).toMatch(/[#$] ?$/);
}

/** Types a line and presses Enter. */
export async function type(page: Page, line: string): Promise<void> {
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

/**
 * Runs a command at a prompt and waits for the next one.
 * @returns what it wrote
 */
export async function run(page: Page, command: string, timeout = 30_000): Promise<string> {
  await prompt(page, timeout);
  const marker = (await screen(page)).split('\n').length;
  await type(page, command);
  await expect
    .poll(
      async () => {
        const rows = (await screen(page)).split('\n');
        return rows.length > marker && /[#$] ?$/.test(rows.at(-1) ?? '') && !(rows.at(-1) ?? '').includes(command);
      },
      { timeout, message: command },
    )
    .toBe(true);
  return (await screen(page)).split('\n').slice(marker, -1).join('\n');
}

/** Waits until the engine answers. */
export async function engine(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => (globalThis as unknown as { __drydock?: Hook }).__drydock?.engine), {
      timeout: 30_000,
    })
    .toBe(true);
}

/** Opens the page and waits for its first prompt and for the engine. */
export async function open(page: Page, url = '/'): Promise<void> {
  await page.goto(url);
  await prompt(page);
  await engine(page);
}
