// npm run dev: the page from its sources, rebuilt as they change. The images' blobs are built first where they are missing.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
if (!existsSync('public/blobs')) {
  const { status } = spawnSync(process.execPath, ['scripts/build.mjs', '--node'], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
const child = spawn(process.execPath, [join('node_modules', 'vite', 'bin', 'vite.js'), ...process.argv.slice(2)], {
  stdio: 'inherit',
});
child.on('close', (code) => process.exit(code ?? 1));
