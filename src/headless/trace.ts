import { loginEnvironment, Machine, shellStatus } from '../machine/index.ts';
import { nodeWorld } from './world.ts';

/**
 * `drydock trace`: runs a command on a new host's terminal and prints the system calls on its way, as strace -f does.
 * @param all print every call; otherwise those that go from one process to another: exec, fork, sockets, namespaces, mounts
 */
export async function trace(command: string, all: boolean): Promise<number> {
  const machine = await Machine.boot(nodeWorld('virtual'));
  await machine.socketAnswers('/var/run/docker.sock');
  const pty = machine.kernel.openPty({ rows: 24, cols: 80 });
  if (typeof pty === 'number') return 126;
  let output = '';
  pty.onOutput((bytes) => {
    output += new TextDecoder().decode(bytes);
  });
  const WAY = /^(execve|spawn|fork|thread|connect|accept|unshare|setns|mount|pivotRoot|exit)$/;
  machine.kernel.trace((task, name, args, result) => {
    if (!all && !WAY.test(name)) return;
    const shown = args.map((arg) => show(arg)).join(', ');
    process.stdout.write(`[${task.process.pid}] ${task.process.image.program}: ${name}(${shown}) = ${show(result)}\n`);
  });
  const started = machine.kernel.start('/bin/bash', {
    argv: ['bash', '-c', command],
    envp: loginEnvironment('xterm-256color'),
    cwd: '/root',
    tty: pty.slavePath,
  });
  if (typeof started === 'number') return 126;
  const status = shellStatus(await machine.ended(started));
  machine.kernel.trace(undefined);
  process.stdout.write(output.replace(/\r\n/g, '\n'));
  machine.kernel.shutdown();
  return status;
}

function show(value: unknown): string {
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  if (typeof value === 'function') return 'entry';
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.slice(0, 8).map(show).join(', ')}]`;
  if (value !== null && typeof value === 'object') return '{…}';
  return String(value);
}
