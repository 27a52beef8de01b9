import { expect, type Page, test } from '@playwright/test';
import { engine, lastLine, open, phase, prompt, run, screen, type } from './screen.ts';

/** What a visitor does in the first ten minutes, command by command. */
async function tour(page: Page) {
  await test.step('hello-world pulls and greets', async () => {
    const text = await run(page, 'docker run hello-world', 60_000);
    expect(text).toContain("Unable to find image 'hello-world:latest' locally");
    expect(text).toContain('Pull complete');
    expect(text).toContain('Hello from Docker!');
    expect(await run(page, 'docker ps -a --format "{{.Image}} {{.Status}}"')).toContain('hello-world Exited (0)');
  });

  await test.step('a shell inside a container', async () => {
    await prompt(page);
    await type(page, 'docker run -it --name box ubuntu bash');
    await expect.poll(() => lastLine(page), { timeout: 60_000 }).toMatch(/^root@[0-9a-f]{12}:\/# ?$/);
    expect(await run(page, 'cat /etc/os-release | head -1')).toContain('PRETTY_NAME="Ubuntu');
    expect(await run(page, 'ps -e | wc -l')).toMatch(/\d/);
    await run(page, 'echo kept > /root/note');
    await type(page, 'exit');
    await expect.poll(() => lastLine(page)).toMatch(/^root@drydock:~# ?$/);
    expect(await run(page, 'docker diff box')).toContain('A /root/note');
    await run(page, 'docker cp box:/root/note /tmp/note');
    expect(await run(page, 'cat /tmp/note')).toBe('kept');
  });

  await test.step('a web server answers on its published port', async () => {
    await run(page, 'docker run -d --name web -p 8080:80 nginx', 60_000);
    expect(await run(page, 'docker ps --format "{{.Names}} {{.Ports}}"')).toContain('web 0.0.0.0:8080->80/tcp');
    expect(await run(page, 'curl -s localhost:8080 | grep title')).toContain('Welcome to nginx!');
    await expect(page.locator('.chart [data-id]').filter({ hasText: 'web' }).first()).toBeVisible();
    await expect(page.locator('.gate button').filter({ hasText: ':8080' })).toBeVisible();
  });

  await test.step('logs -f follows until Ctrl-C', async () => {
    await type(page, 'docker logs -f web');
    await expect.poll(() => screen(page)).toContain('"GET / HTTP/1.1" 200');
    await page.keyboard.press('Control+c');
    await prompt(page);
  });

  await test.step('exec and inspect', async () => {
    expect(await run(page, 'docker exec web cat /etc/hostname')).toMatch(/^[0-9a-f]{12}$/m);
    expect(await run(page, 'docker inspect -f "{{.State.Running}}" web')).toBe('true');
  });

  await test.step('build', async () => {
    await run(
      page,
      'mkdir -p app && cd app && printf "FROM busybox\\nRUN echo built > /f\\nCMD cat /f\\n" > Dockerfile',
    );
    await run(page, 'docker build -t mine .', 90_000);
    expect(await run(page, 'docker run --rm mine', 60_000)).toBe('built');
    expect(await run(page, 'docker images --format "{{.Repository}}"')).toContain('mine');
    await run(page, 'cd');
  });

  await test.step('stop, rm, rmi', async () => {
    expect(await run(page, 'docker stop web', 30_000)).toBe('web');
    expect(await run(page, 'docker rm web box')).toBe('web\nbox');
    expect(await run(page, 'docker rmi mine')).toContain('Untagged: mine:latest');
    await expect(page.locator('.gate button')).toHaveCount(0);
  });
}

for (const name of ['localhost', 'teacher.test']) {
  test(`the visitor’s tour, a reload and a kill, on ${name}`, async ({ page, baseURL }) => {
    test.setTimeout(150_000);
    await open(page, (baseURL ?? '').replace('localhost', name));
    await tour(page);

    await test.step('a reload: the machine is there, and runs what ran', async () => {
      await run(page, 'docker run -d --name lasting -p 8081:80 nginx', 60_000);
      await run(page, 'echo before > /root/before; cd /tmp');
      await page.reload();
      await expect.poll(() => phase(page), { timeout: 60_000 }).toBe('running');
      await prompt(page);
      await engine(page);
      expect(await screen(page)).toContain('Hello from Docker!');
      expect(await run(page, 'pwd; cat /root/before')).toContain('/tmp\nbefore');
      expect(await run(page, 'docker images --format "{{.Repository}}"')).toContain('nginx');
      expect(await run(page, 'docker ps -a --format "{{.Names}}"')).toContain('lasting');
    });

    await test.step('the worker is killed in the middle: nothing from before the last prompt is lost', async () => {
      await run(page, 'echo safe > /root/safe');
      await type(page, 'while :; do echo x >> /root/grows; done');
      await page.waitForTimeout(500);
      const url = page.url();
      const crashed = page.waitForEvent('crash', { timeout: 10_000 });
      const session = await page.context().newCDPSession(page);
      void session.send('Page.crash').catch(() => {});
      await crashed;
      const again = await page.context().newPage();
      await again.goto(url);
      await expect.poll(() => phase(again), { timeout: 60_000 }).toBe('running');
      await prompt(again);
      await engine(again);
      expect(await run(again, 'cat /root/safe')).toBe('safe');
      expect(await run(again, 'docker ps -a --format "{{.Names}}"')).toContain('lasting');
    });
  });
}
