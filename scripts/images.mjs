// Builds images/ into public/blobs (content-addressed, with index.json) and puts them beside the Node entry.
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';

const { status } = spawnSync(process.execPath, ['dist/drydock.js', 'images', 'images', 'public/blobs'], {
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
rmSync('dist/blobs', { recursive: true, force: true });
cpSync('public/blobs', 'dist/blobs', { recursive: true });
