import { AxeBuilder } from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { open, run, screen, type } from './screen.ts';

test('a container is drawn as it comes and goes, and its panel shows what the engine knows', async ({ page }) => {
  await open(page);
  await expect(page.locator('.chart .nothing')).toBeVisible();
  await run(page, 'docker network create shop');
  await run(page, 'docker run -d --name web --network shop -p 8080:80 -v data:/data nginx', 60_000);
  const box = page.locator('.chart [data-id]').filter({ hasText: 'web' });
  await expect(box).toContainText('web, running, port 8080, on shop at 172.18.0.2');
  await expect(page.locator('.chart .quay').first()).toContainText('172.18.0.0/16');
  await expect(page.locator('.chart .tank')).toContainText('data');
  await expect(page.locator('.hold')).toContainText('nginx:latest');

  await test.step('the panel', async () => {
    await run(page, 'curl -s localhost:8080 > /dev/null');
    await box.focus();
    await page.keyboard.press('Enter');
    await expect(page.locator('.detail h2')).toHaveText('web');
    await expect(page.locator('.detail .summary')).toContainText('NGINX_VERSION');
    const { violations } = await new AxeBuilder({ page }).exclude('.xterm').analyze();
    expect(violations.map((v) => v.id)).toEqual([]);
    await page.getByRole('tab', { name: 'Logs' }).click();
    await expect(page.locator('.detail .logs')).toContainText('"GET / HTTP/1.1" 200');
    await page.getByRole('tab', { name: 'Inspect' }).click();
    await page.locator('.detail .field input').fill('IPAddress');
    await expect(page.locator('.detail .json')).toContainText('"172.18.0.2"');
    await page.getByRole('tab', { name: 'Stats' }).click();
    await expect(page.locator('.detail .stats')).toContainText('MiB');
    await page.getByRole('tab', { name: 'Processes' }).click();
    await expect(page.locator('.detail table')).toContainText('nginx: master process');
  });

  await test.step('a button types its command and does not run it', async () => {
    await page.getByRole('button', { name: 'docker stop web' }).click();
    await expect.poll(() => screen(page)).toMatch(/# docker stop web$/);
    await expect(page.locator('.detail .facts')).toContainText('Up');
    await page.keyboard.press('Enter');
    await expect(page.locator('.detail .facts')).toContainText('Exited (0)');
  });

  await test.step('Escape goes back to the container', async () => {
    await page.locator('.detail .back').focus();
    await page.keyboard.press('Escape');
    await expect(box).toBeFocused();
    await expect(box).toContainText('Exited (0)');
    await expect(page.locator('.gate button')).toHaveCount(0);
  });

  await test.step('it goes', async () => {
    await page.keyboard.press('F6');
    await page.keyboard.press('F6');
    await type(page, 'docker rm web && docker network rm shop && docker volume rm data');
    await expect(page.locator('.chart .nothing')).toBeVisible();
  });
});
