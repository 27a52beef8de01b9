// npm run build: dist/ with the page, the Node entry (dist/drydock.js) and the images' blobs (dist/blobs).
//   --node   only the Node entry and the blobs
//   --page   only the page
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const only = process.argv.slice(2).filter((arg) => arg === '--node' || arg === '--page');
const wants = (part) => only.length === 0 || only.includes(part);
const vite = join('node_modules', 'vite', 'bin', 'vite.js');

function step(name, args) {
  const begun = Date.now();
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) {
    console.error(`build: ${name} failed`);
    process.exit(1);
  }
  console.log(`build: ${name} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
}

if (only.length === 0) rmSync('dist', { recursive: true, force: true });
mkdirSync('dist', { recursive: true });
step('generated indexes', ['scripts/gen.mjs']);
step('packs', ['scripts/packs.mjs']);
if (wants('--node') && existsSync('src/headless/main.ts')) {
  step('node entry', [vite, 'build', '--mode', 'node', '--logLevel', 'warn']);
  chmodSync('dist/drydock.js', 0o755);
  rmSync('dist/packs', { recursive: true, force: true });
  cpSync('public/packs', 'dist/packs', { recursive: true });
  if (existsSync('scripts/images.mjs')) step('images', ['scripts/images.mjs']);
}
if (wants('--page')) {
  rmSync(join('dist', 'assets'), { recursive: true, force: true });
  step('page', [vite, 'build', '--logLevel', 'warn']);
}
