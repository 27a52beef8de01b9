// npm start: installs what is missing, builds what is stale, serves dist/ and opens it.
//   BROWSER=none   only prints the address
//   -- --host      other machines of the network reach it too
//   -- --port N    first port to try (4321)
// Works before node_modules exist: it imports nothing but Node and a neighbour file.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lanAddresses, serve } from './serve/server.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const args = process.argv.slice(2);
const everyone = args.includes('--host');
const portArgument = args.indexOf('--port');
const port = portArgument >= 0 ? Number(args[portArgument + 1]) : Number(process.env.PORT ?? 4321);

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Drydock needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

/** npm as this platform starts it; the npm that runs us, where there is one. */
function npm(...words) {
  const self = process.env.npm_execpath;
  const [command, list] = self?.endsWith('js') ? [process.execPath, [self, ...words]] : ['npm', words];
  return (
    spawnSync(command, list, { stdio: 'inherit', shell: command === 'npm' && process.platform === 'win32' }).status ?? 1
  );
}

/** Newest change below a path, in milliseconds; 0 where it is not there. */
function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return 0;
  if (!stat.isDirectory()) return stat.mtimeMs;
  if (path === join('public', 'blobs')) return 0;
  return readdirSync(path).reduce((latest, name) => Math.max(latest, newest(join(path, name))), 0);
}

const installed = newest(join('node_modules', '.package-lock.json'));
if (installed === 0 || installed < newest('package-lock.json')) {
  console.log('Installing the build tools …');
  if (npm('ci', '--no-audit', '--no-fund') !== 0 && npm('install', '--no-audit', '--no-fund') !== 0) process.exit(1);
}

const sources = [
  'src',
  'workers',
  'public',
  'images',
  'sites',
  'lessons',
  'index.html',
  'vite.config.ts',
  'package-lock.json',
];
const built = Math.min(newest(join('dist', 'index.html')), newest(join('dist', 'drydock.js')));
if (built === 0 || built < Math.max(...sources.map(newest))) {
  console.log('Building …');
  if ((spawnSync(process.execPath, ['scripts/build.mjs'], { stdio: 'inherit' }).status ?? 1) !== 0) process.exit(1);
}

const running = await serve('dist', { host: everyone ? '0.0.0.0' : '127.0.0.1', port });
const address = `http://localhost:${running.port}/`;
console.log(`\n  Drydock is at ${address}`);
if (everyone) for (const ip of lanAddresses()) console.log(`  on the network: http://${ip}:${running.port}/`);
console.log('  Ctrl-C ends it.\n');
open(address);

/** Shows the address in the visitor's browser; where that fails, the printed line has to do. */
function open(url) {
  const browser = process.env.BROWSER;
  if (browser === 'none' || process.env.CI) return;
  const [command, list] =
    browser && existsSync(browser)
      ? [browser, [url]]
      : process.platform === 'darwin'
        ? ['open', [url]]
        : process.platform === 'win32'
          ? ['cmd', ['/c', 'start', '', url]]
          : ['xdg-open', [url]];
  const child = spawn(command, list, { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
