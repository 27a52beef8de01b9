import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = process.env.DRYDOCK_PROGRAM ?? fileURLToPath(new URL('../../dist/drydock.js', import.meta.url));

/** Whether the headless program is built. */
export const isBuilt = existsSync(PROGRAM);

/** An engine that real clients reach. */
export interface ServedEngine {
  /** Path of its socket. */
  socket: string;
  /** A folder for the test's files. */
  folder: string;
  stop(): void;
}

/** Starts `drydock serve`. @throws Error where it does not come up */
export async function serveEngine(): Promise<ServedEngine> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-clients-'));
  const socket = join(folder, 'docker.sock');
  const child: ChildProcess = spawn(process.execPath, [PROGRAM, 'serve', '--socket', socket, '--publish'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (bytes: Buffer) => {
      if (bytes.toString().includes('listens')) resolve();
    });
    child.once('exit', (code) => reject(new Error(`drydock serve ended: ${code}`)));
  });
  return {
    socket,
    folder,
    stop() {
      child.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
