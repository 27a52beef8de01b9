import { expect, test } from '@playwright/test';
import { serve } from '../../scripts/serve/server.mjs';
import { open, run } from './screen.ts';

test('it works from any sub-path, and keeps its machine apart', async ({ page }) => {
  const { server, port } = await serve(process.env.DRYDOCK_DIST ?? 'dist', { port: 41_000, prefix: '/school/lab/' });
  try {
    await open(page, `http://localhost:${port}/school/lab/`);
    expect(await run(page, 'docker run --rm busybox echo here', 60_000)).toMatch(/here$/);
    const names = await page.evaluate(async () => (await indexedDB.databases()).map((database) => database.name));
    expect(names).toContain('drydock:/school/lab/:machine:drydock');
  } finally {
    server.close();
    server.closeAllConnections();
  }
});
