// The page's part of the benchmark: time to the first prompt in Chromium, ours and a bare xterm.js page in turn, and the
// size of the scripts that were loaded until then.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { chromium } from '@playwright/test';
import { build } from 'vite';
import { serve } from '../../scripts/serve/server.mjs';

const ROUNDS = 11;
const LIMIT = 2.5;
const SCRIPTS = 300 * 1024;
/** Loops that run, key presses of a round, and the milliseconds until the echo of one. */
const BUSY = 100;
const KEYS = 40;
const ECHO = 20;
const BROWSERS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Runs in the page from its start: notes the moment of the first frame after which the terminal has a prompt. */
function watchPrompt() {
  const look = () => {
    const buffer = globalThis.__drydock?.term?.buffer.active;
    const line = buffer?.getLine(buffer.baseY + buffer.cursorY)?.translateToString(true) ?? '';
    if (/[#$] ?$/.test(line)) globalThis.__prompt = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

/** Milliseconds from the navigation's start to the prompt; then `seen` is called. */
async function firstPrompt(context, url, seen = () => {}) {
  const page = await context.newPage();
  await page.addInitScript(watchPrompt);
  await page.goto(url);
  const handle = await page
    .waitForFunction(() => globalThis.__prompt, undefined, { timeout: 60_000 })
    .catch(async () => {
      const state = await page.evaluate(
        () => `${globalThis.__drydock?.phase}: ${document.body.innerText.slice(0, 200)}`,
      );
      throw new Error(`${url} has no prompt after 60 s; ${state.replace(/\s+/g, ' ')}`);
    });
  const ms = await handle.jsonValue();
  seen((await page.evaluate(() => performance.timeOrigin)) + ms);
  // what is written to the disk after the prompt belongs to this visit
  await page.waitForTimeout(300);
  await page.close();
  return ms;
}

const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(values.length * share)];
const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const digits = (value) => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));

/** Runs in the page: presses Ctrl-C at a prompt again and again. @returns milliseconds until each echo is on the screen */
async function pressCtrlC(count) {
  const { term } = globalThis.__drydock;
  const echoed = () => {
    const buffer = term.buffer.active;
    const bottom = buffer.baseY + buffer.cursorY;
    return [bottom - 1, bottom].some((y) => buffer.getLine(y)?.translateToString(true).includes('^C'));
  };
  const times = [];
  for (let i = 0; i < count; i++) {
    await new Promise((done) => setTimeout(done, 60 + Math.random() * 40));
    term.clear();
    await new Promise((done) => term.write('', done));
    const begun = performance.now();
    term.input('\x03');
    await new Promise((done) => {
      const seen = term.onWriteParsed(() => {
        if (!echoed()) return;
        seen.dispose();
        done();
      });
    });
    times.push(performance.now() - begun);
  }
  return times;
}

/** Ctrl-C in the page while loops run, and before. @returns {Promise<import('./rows.ts').BenchRow>} */
async function interrupts(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.addInitScript(watchPrompt);
  await page.goto(url);
  await page.waitForFunction(() => globalThis.__prompt);
  await page.waitForTimeout(3000);
  const best = async () => {
    const rounds = [];
    for (let round = 0; round < 3; round++) rounds.push(quantile(await page.evaluate(pressCtrlC, KEYS), 0.95));
    return Math.min(...rounds);
  };
  const idle = await best();
  const loops = `for i in $(seq ${BUSY}); do while :; do :; done & done 2>/dev/null; clear\r`;
  await page.evaluate((line) => globalThis.__drydock.term.input(line), loops);
  await page.waitForTimeout(3000);
  const busy = await best();
  await page.close();
  return {
    name: `Ctrl-C in the page with ${BUSY} busy loops: echo, p95`,
    anchor: `without loops: ${digits(idle)} ms`,
    ours: `${digits(busy)} ms`,
    ratio: '',
    target: `≤ ${ECHO} ms`,
    ok: busy <= ECHO,
  };
}

/** @returns {Promise<import('./rows.ts').BenchRow[]>} */
export async function runPage(root) {
  const executablePath = BROWSERS.find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('no Chromium: set CHROMIUM to its path');
  const bare = mkdtempSync(join(tmpdir(), 'drydock-bare-'));
  await build({
    root: join(root, 'test/bench/bare'),
    configFile: false,
    logLevel: 'error',
    base: './',
    worker: { format: 'es' },
    build: { outDir: bare, emptyOutDir: true, target: 'es2022' },
  });
  const dist = process.env.DRYDOCK_DIST ?? join(root, 'dist');
  const [ours, theirs] = await Promise.all([serve(dist, { port: 20_101 }), serve(bare, { port: 20_201 })]);
  /** When each path was first asked for: milliseconds since the Epoch. */
  const asked = new Map();
  ours.server.on('request', (request) =>
    asked.set(new URL(request.url ?? '/', 'http://x').pathname, performance.timeOrigin + performance.now()),
  );
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  const times = { cold: { ours: [], theirs: [] }, cached: { ours: [], theirs: [] } };
  let scripts = 0;
  let ctrlC;
  try {
    for (let round = 0; round < ROUNDS; round++)
      for (const [side, port] of [
        ['theirs', theirs.port],
        ['ours', ours.port],
      ]) {
        const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
        asked.clear();
        const weigh = (prompt) => {
          const before = [...asked].filter(([, at]) => at <= prompt).map(([path]) => path);
          if (side === 'ours') scripts = Math.max(scripts, sizeOf(dist, before));
        };
        times.cold[side].push(await firstPrompt(context, `http://localhost:${port}/`, weigh));
        times.cached[side].push(await firstPrompt(context, `http://localhost:${port}/`));
        await context.close();
      }
    ctrlC = await interrupts(browser, `http://localhost:${ours.port}/`);
  } finally {
    await browser.close();
    ours.server.close();
    theirs.server.close();
    rmSync(bare, { recursive: true, force: true });
  }
  const rows = Object.entries(times).map(([kind, sides]) => {
    const [least, anchor] = [Math.min(...sides.ours), Math.min(...sides.theirs)];
    const middle = median(sides.ours) / median(sides.theirs);
    return {
      name: `first prompt, ${kind}`,
      anchor: `bare xterm.js page ${digits(anchor)} ms`,
      ours: `${digits(least)} ms`,
      ratio: `${digits(least / anchor)} × (medians ${digits(middle)} ×)`,
      target: `≤ ${LIMIT} ×`,
      ok: least <= LIMIT * anchor,
    };
  });
  rows.push({
    name: 'scripts until the prompt, gzip',
    anchor: '',
    ours: `${digits(scripts / 1024)} KB`,
    ratio: '',
    target: `≤ ${SCRIPTS / 1024} KB`,
    ok: scripts <= SCRIPTS,
  });
  rows.push(ctrlC);
  return rows;
}

/** Bytes of the scripts among the paths, each compressed as a host would serve it. */
function sizeOf(dist, paths) {
  return paths
    .filter((path) => path.endsWith('.js'))
    .reduce((sum, path) => sum + gzipSync(readFileSync(join(dist, path)), { level: 9 }).length, 0);
}
