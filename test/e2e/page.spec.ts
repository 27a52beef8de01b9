import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { open, prompt, run, screen } from './screen.ts';

const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self' https:; frame-src 'self'; base-uri 'none'; form-action 'none'; object-src 'none'";

/** Errors of the page and requests to other origins, from its first moment on. */
function watch(page: Page) {
  const seen: string[] = [];
  page.on('pageerror', (error) => seen.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') seen.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== new URL(page.url()).origin && page.url() !== 'about:blank')
      seen.push(`request: ${url}`);
  });
  return seen;
}

test('the policy is the one that the design gives, and nothing breaks it', async ({ page }) => {
  const seen = watch(page);
  await open(page);
  await expect(page.locator('meta[http-equiv="Content-Security-Policy"]')).toHaveAttribute('content', POLICY);
  await page.waitForTimeout(1500);
  expect(seen).toEqual([]);
});

for (const [theme, locale] of [
  ['dark', 'en-US'],
  ['light', 'zh-CN'],
] as const) {
  test.describe(`${theme}, ${locale}`, () => {
    test.use({ colorScheme: theme, locale });

    test('is accessible, wide and on a phone', async ({ page }) => {
      await open(page);
      await expect(page.locator('.chart .quay').first()).toBeVisible();
      const check = async (what: string) => {
        const { violations } = await new AxeBuilder({ page }).exclude('.xterm').analyze();
        expect(
          violations.map((v) => `${v.id}: ${v.nodes.map((node) => node.target).join(' ')}`),
          what,
        ).toEqual([]);
      };
      await check('wide');
      await page.locator('.harbour-pane .menu .btn').click();
      await check('legend');
      await page.keyboard.press('Escape');
      await page.setViewportSize({ width: 390, height: 844 });
      await check('phone, terminal');
      await page.locator('.view-tabs button').nth(1).click();
      await check('phone, harbour');
    });
  });
}

test('no width scrolls sideways', async ({ page }) => {
  await open(page);
  for (const width of [360, 390, 720, 760, 1024, 1100, 1280, 1440, 2560]) {
    await page.setViewportSize({ width, height: 800 });
    await page.waitForTimeout(150);
    const over = await page.evaluate(() =>
      [document.documentElement, ...document.querySelectorAll('.app, .app > main, .left, .right, .water')]
        .filter((el) => el.scrollWidth > el.clientWidth + 1)
        .map((el) => el.className),
    );
    expect(over, `${width} pixels`).toEqual([]);
    if (width < 760) {
      await page.locator('.view-tabs button').nth(1).click();
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
      await page.locator('.view-tabs button').nth(0).click();
    }
  }
});

test('language and theme are chosen, and kept', async ({ page }) => {
  await open(page);
  await page.getByRole('button', { name: '中文' }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page.getByRole('heading', { name: '港湾' })).toBeVisible();
  await page.getByRole('button', { name: '主题', exact: true }).click();
  const theme = await page.locator('html').getAttribute('data-theme');
  expect(theme).toMatch(/dark|light/);
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme ?? '');
});

test('the keyboard goes round the regions and through the harbour', async ({ page }) => {
  await open(page);
  await expect(page.locator('.chart .quay').first()).toBeVisible();
  const region = () =>
    page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-region]')?.dataset.region);
  expect(await region()).toBe('terminal');
  await page.keyboard.press('F6');
  expect(await region()).toBe('harbour');
  expect(await page.locator('.chart [data-stop][tabindex="0"]').count()).toBe(1);
  const first = await page.evaluate(() => document.activeElement?.className);
  await page.keyboard.press('ArrowDown');
  expect(await page.evaluate(() => document.activeElement?.className)).not.toBe(first);
  await page.keyboard.press('F6');
  expect(await region()).toBe('bar');
  await page.keyboard.press('F6');
  expect(await region()).toBe('terminal');
});

test('the skip link is the first stop and leads to the terminal', async ({ page }) => {
  await open(page);
  const first = await page.evaluate(() => document.querySelector('a[href], button, input, [tabindex="0"]')?.className);
  expect(first).toBe('skip');
  await page.locator('.skip').focus();
  await expect(page.locator('.skip')).toBeInViewport();
  await page.keyboard.press('Enter');
  expect(await page.evaluate(() => document.activeElement?.className)).toContain('xterm-helper-textarea');
});

test('the splitter moves by keys and mouse, and stays', async ({ page }) => {
  await open(page);
  const splitter = page.getByRole('separator');
  await splitter.focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await expect(splitter).toHaveAttribute('aria-valuenow', '56');
  await page.reload();
  await expect(splitter).toHaveAttribute('aria-valuenow', '56');
  const box = (await splitter.boundingBox())!;
  await page.mouse.move(box.x, box.y + 300);
  await page.mouse.down();
  await page.mouse.move(720, box.y + 300, { steps: 4 });
  await page.mouse.up();
  await expect(splitter).toHaveAttribute('aria-valuenow', '50');
});

test('a middle screen has the harbour in a drawer', async ({ page }) => {
  await page.setViewportSize({ width: 1024, height: 768 });
  await open(page);
  await expect(page.locator('.right')).toBeHidden();
  await page.locator('.top-bar').getByRole('button', { name: 'Harbour' }).click();
  await expect(page.locator('.right')).toBeVisible();
});

test('a phone shows one view, and its key bar types', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await open(page);
  await page.keyboard.type('echo one');
  await page.getByRole('toolbar').getByText('|', { exact: true }).click();
  await expect.poll(() => screen(page)).toContain('echo one|');
  await page.getByRole('toolbar').getByText('Ctrl', { exact: true }).click();
  await page.keyboard.type('c');
  await expect.poll(() => screen(page)).toContain('^C');
  await expect(page.locator('.right')).toBeHidden();
  await page.locator('.view-tabs button').nth(1).click();
  await expect(page.locator('.left')).toBeHidden();
  await expect(page.locator('.right')).toBeVisible();
});

test('terminals are tabs, and come back with what was on them', async ({ page }) => {
  await open(page);
  await page.keyboard.type('echo first tab');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'New terminal' }).click();
  await expect(page.getByRole('tab')).toHaveCount(2);
  await expect.poll(() => screen(page)).toMatch(/[#$] ?$/);
  expect(await screen(page)).not.toContain('first tab');
  await page.waitForTimeout(1200);
  await page.reload();
  await expect(page.locator('[role="tab"]')).toHaveCount(2);
  await page.locator('[role="tab"]').first().click();
  await expect.poll(() => screen(page)).toContain('first tab');
});

test('a link is shown before it is opened; an address inside the machine gives a command', async ({
  page,
  context,
}) => {
  await open(page);
  await page.keyboard.type('echo https://docs.docker.com/get-started localhost:8080');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await screen(page)).split('docs.docker.com').length).toBeGreaterThan(2);
  const press = async (text: string) => {
    const at = await page.evaluate((wanted) => {
      const { term } = (globalThis as unknown as { __drydock: { term: import('@xterm/xterm').Terminal } }).__drydock;
      const box = document.querySelector('.screen:not([hidden]) .xterm-screen')!.getBoundingClientRect();
      for (let y = term.rows - 1; y >= 0; y--) {
        const line: string = term.buffer.active.getLine(term.buffer.active.baseY + y)?.translateToString(true) ?? '';
        const x = line.indexOf(wanted);
        if (x >= 0 && !line.includes('echo'))
          return { x: box.x + ((x + 3) * box.width) / term.cols, y: box.y + ((y + 0.5) * box.height) / term.rows };
      }
      return undefined;
    }, text);
    await page.mouse.move(at!.x + 1, at!.y);
    await page.waitForTimeout(200);
    await page.mouse.click(at!.x, at!.y);
  };
  await press('https://docs');
  await expect(page.locator('.link-bar code')).toHaveText('https://docs.docker.com/get-started');
  expect(context.pages()).toHaveLength(1);
  await press('localhost:8080');
  await page.locator('.link-bar .typed').click();
  await expect.poll(() => screen(page)).toContain('curl localhost:8080');
});

test('endless output leaves the page answering, and Ctrl-C ends it at once', async ({ page }) => {
  await open(page);
  await page.keyboard.type('yes');
  await page.keyboard.press('Enter');
  await expect.poll(() => screen(page)).toContain('y\ny\ny\n');
  await page.waitForTimeout(1500);
  const begun = Date.now();
  expect(await page.evaluate(() => 1 + 1)).toBe(2);
  expect(Date.now() - begun).toBeLessThan(500);
  await page.keyboard.press('Control+c');
  await expect.poll(() => screen(page), { timeout: 2000, intervals: [20] }).toMatch(/\^C\n.*[#$] ?$/);
});

test('find marks what it finds', async ({ page }) => {
  await open(page);
  await page.keyboard.type('echo needle needle');
  await page.keyboard.press('Control+Shift+F');
  await page.locator('.find-bar input').fill('needle');
  await expect(page.locator('.find-bar .num')).toHaveText(/2/);
  await page.keyboard.press('Escape');
  await expect(page.locator('.find-bar')).toHaveCount(0);
});

for (const script of [/engine\.worker/, /start-.*\.js/]) {
  test(`a worker without ${script} is told of, with what can be done`, async ({ page }) => {
    await page.route(script, (route) => route.abort());
    await page.goto('/');
    await expect(page.getByRole('alert')).toContainText('The machine stopped unexpectedly');
    await page.unroute(script);
    await page.getByRole('button', { name: /^Start again/ }).click();
    await prompt(page);
  });
}

for (const script of [/xterm-.*\.js/, /index-.*\.js/]) {
  test(`the page is not blank without ${script}`, async ({ page }) => {
    await page.route(script, (route) => route.abort());
    await page.goto('/');
    await expect(page.getByRole('alert')).toContainText('The page could not be loaded.');
    await page.unroute(script);
    await page.getByRole('button', { name: 'Load it again' }).click();
    await prompt(page);
  });
}

test('without the code of the harbour the terminal works, and the harbour comes later', async ({ page }) => {
  await page.route(/side-.*\.js/, (route) => route.abort());
  await page.goto('/');
  await prompt(page);
  await page.waitForTimeout(500);
  await page.unroute(/side-.*\.js/);
  await expect(page.locator('.chart .quay').first()).toBeVisible();
});

test('the first terminal works before the page, which takes it over as it is', async ({ page }) => {
  await page.route(/main\.svelte-.*\.js/, (route) => route.abort());
  await page.goto('/');
  await run(page, 'cd /tmp; echo early > x');
  const before = await screen(page);
  await expect(page.locator('.top-bar')).toHaveCount(0);
  await page.unroute(/main\.svelte-.*\.js/);
  await expect(page.locator('.top-bar')).toBeVisible();
  expect(await screen(page)).toBe(before);
  expect(await run(page, 'pwd; cat x')).toBe('/tmp\nearly');
});
