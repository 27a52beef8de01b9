import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { engine, open, phase, prompt, run, screen } from './screen.ts';

/** The page at the same server under another name: no secure context, so no Web Locks, service worker, clipboard, WebCrypto. */
const plain = (baseURL: string | undefined) => (baseURL ?? '').replace('localhost', 'teacher.test');

for (const [name, address] of [
  ['localhost', (base: string | undefined) => base ?? ''],
  ['plain http', plain],
] as const) {
  test.describe(name, () => {
    test('one tab has a machine; another may take it, and the first may take it back', async ({ context, baseURL }) => {
      const url = address(baseURL);
      const first = await context.newPage();
      await open(first, url);
      expect(await first.evaluate(() => isSecureContext)).toBe(name === 'localhost');
      const second = await context.newPage();
      await second.goto(url);
      await expect(second.getByRole('alert')).toContainText('open in another tab');
      expect(await phase(first)).toBe('running');
      await second.getByRole('button', { name: 'Take it over' }).click();
      await prompt(second);
      await expect(first.getByRole('alert')).toContainText('taken over by another tab');
      await first.getByRole('button', { name: 'Take it back' }).click();
      await expect.poll(() => phase(first)).toBe('running');
      await expect.poll(() => phase(second)).toBe('taken');
    });

    test('a reload finds its machine free, at once', async ({ page, baseURL }) => {
      await open(page, address(baseURL));
      for (let i = 0; i < 3; i++) {
        await page.reload();
        await expect.poll(() => phase(page), { timeout: 20_000 }).toMatch(/running|busy/);
        expect(await phase(page)).toBe('running');
      }
    });
  });
}

test('a tab that was closed leaves its machine free', async ({ context, baseURL }) => {
  const first = await context.newPage();
  await open(first, plain(baseURL));
  await first.close();
  const second = await context.newPage();
  await open(second, plain(baseURL));
  expect(await phase(second)).toBe('running');
});

test('the disk can be downloaded, and the machine reset', async ({ page }) => {
  await open(page);
  const machine = page.getByRole('button', { name: /^Machine/ });
  await machine.click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the disk' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('drydock.drydock');
  await machine.click();
  await page.getByRole('button', { name: 'Reset to an empty machine…' }).click();
  await page.getByRole('button', { name: 'Remove everything' }).click();
  await expect.poll(() => phase(page)).toBe('running');
  await prompt(page);
  await expect(page.getByRole('button', { name: /docker run hello-world/ })).toBeVisible();
});

test('a disk from a file takes the place of the machine, after it was checked and asked for', async ({ page }) => {
  await open(page);
  const machine = page.getByRole('button', { name: /^Machine/ });
  await run(page, 'echo from the file > /root/kept; docker pull -q hello-world');
  await machine.click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download the disk' }).click(),
  ]);
  const bytes = readFileSync(await download.path());
  const typing = () => page.locator('.screen:not([hidden]) textarea').focus();
  await typing();
  await run(page, 'rm /root/kept; echo later > /root/later');
  const choose = async (name: string, buffer: Buffer) => {
    await machine.click();
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByRole('button', { name: 'Load a disk from a file…' }).click(),
    ]);
    await chooser.setFiles({ name, mimeType: 'application/octet-stream', buffer });
  };

  await choose('broken.drydock', bytes.subarray(0, bytes.length - 100));
  await expect(page.getByText('broken.drydock cannot be loaded')).toBeVisible();
  await page.getByRole('button', { name: 'Back' }).click();
  await choose('other.txt', Buffer.from('#!/bin/sh\n'));
  await expect(page.getByText('other.txt cannot be loaded')).toBeVisible();
  await page.getByRole('button', { name: 'Back' }).click();

  await choose('mine.drydock', bytes);
  await expect(page.getByText('Replace this machine by mine.drydock?')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await typing();
  expect(await run(page, 'ls /root')).toBe('later');

  await choose('mine.drydock', bytes);
  await page.getByRole('button', { name: 'Replace the machine' }).click();
  await expect.poll(() => screen(page)).not.toContain('later');
  await expect.poll(() => phase(page)).toBe('running');
  await prompt(page);
  await engine(page);
  await typing();
  expect(await run(page, 'cat /root/kept; ls /root')).toBe('from the file\nkept');
  expect(await run(page, 'docker images --format "{{.Repository}}"')).toBe('hello-world');
  await page.reload();
  await prompt(page);
  await engine(page);
  expect(await run(page, 'cat /root/kept')).toBe('from the file');
});

/** Databases of the origin, by name. */
const databases = (page: Page) =>
  page.evaluate(async () => (await indexedDB.databases()).map((database) => database.name ?? '').sort());

test('what is stored is named after the deployment’s path', async ({ page }) => {
  await open(page);
  await expect.poll(() => databases(page)).toContain('drydock:/:machine:drydock');
});

test('a pulled image works after a reload where the deployment has its blobs no longer', async ({ page }) => {
  await open(page);
  await run(page, 'docker pull -q alpine');
  const look = `docker run --rm alpine sh -c 'head -1 /etc/os-release; sha256sum /bin/busybox' | cut -c1-40`;
  const wanted = await run(page, look);
  expect(wanted).toMatch(/NAME="Alpine Linux"\n[0-9a-f]{40}/);
  let asked = 0;
  await page.route('**/blobs/sha256/**', (route) => {
    asked++;
    return route.abort();
  });
  await page.reload();
  await prompt(page);
  await engine(page);
  expect(await run(page, look)).toBe(wanted);
  expect(asked).toBe(0);
});

test('a disk of a database of version 1 is taken over', async ({ page }) => {
  await open(page);
  await run(page, 'echo older > /root/kept');
  // the stores that there were, without what came later
  const former = await page.evaluate(async (name) => {
    const done = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await done(indexedDB.open(name));
    const stores = ['batches', 'segments', 'head', 'owner'];
    const tx = database.transaction(stores);
    const rows = await Promise.all(
      stores.map(async (store) => {
        const [keys, values] = await Promise.all([
          done(tx.objectStore(store).getAllKeys()),
          done(tx.objectStore(store).getAll()),
        ]);
        return { store, keys, values };
      }),
    );
    database.close();
    (globalThis as unknown as { rows: typeof rows }).rows = rows;
    return rows.map(({ values }) => values.length);
  }, 'drydock:/:machine:drydock');
  expect(former[0]).toBeGreaterThan(0);
  await page.evaluate(async (name) => {
    const { rows } = globalThis as unknown as { rows: { store: string; keys: IDBValidKey[]; values: unknown[] }[] };
    await new Promise((resolve) => {
      indexedDB.deleteDatabase(name).onsuccess = resolve;
    });
    await new Promise<void>((resolve) => {
      const opening = indexedDB.open(name, 1);
      opening.onupgradeneeded = () => {
        for (const { store, keys, values } of rows) {
          const made = opening.result.createObjectStore(store, {
            autoIncrement: ['batches', 'segments'].includes(store),
          });
          for (const [at, key] of keys.entries())
            made.put(store === 'head' ? { format: 1, savedAt: 5 } : values[at], key);
        }
      };
      opening.onsuccess = () => {
        opening.result.close();
        resolve();
      };
    });
  }, 'drydock:/:machine:drydock');
  await page.reload();
  await prompt(page);
  await engine(page);
  expect(await run(page, 'cat /root/kept; docker pull -q hello-world; docker images -q | wc -l')).toMatch(
    /^older\n[\s\S]*\n1$/,
  );
});
