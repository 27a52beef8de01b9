// Type-checks the four worlds: core (no DOM, no Node), worker, Node, page.
import { spawn } from 'node:child_process';

const tsc = 'node_modules/@typescript/native/bin/tsc';
const jobs = [
  ['core', [tsc, '-p', 'tsconfig.core.json']],
  ['worker', [tsc, '-p', 'tsconfig.worker.json']],
  ['node', [tsc, '-p', 'tsconfig.node.json']],
  [
    'page',
    ['node_modules/svelte-check/bin/svelte-check', '--tsconfig', './tsconfig.json', '--tsgo', '--output', 'machine'],
  ],
];
const wanted = process.argv.slice(2);
let status = 0;
for (const [name, args] of jobs) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const code = await new Promise((resolve) => spawn(process.execPath, args, { stdio: 'inherit' }).on('close', resolve));
  if (code !== 0) {
    console.error(`types: ${name} failed`);
    status = 1;
  }
}
process.exit(status);
