import { nodeWorld } from '../src/headless/world.ts';
import { loginEnvironment, type Machine, shellStatus, type World } from '../src/machine/index.ts';

/** Numbers from 0 to 1 that look like chance and are the same every time. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** A world with a virtual clock. @param random gives its chance */
export const virtualWorld = (random: () => number): World => ({
  ...nodeWorld('virtual'),
  random: (bytes) => {
    for (let i = 0; i < bytes.length; i++) bytes[i] = random() * 256;
  },
});

/** Runs a script on the host. @returns its exit status and what it printed */
export async function runScript(machine: Machine, script: string): Promise<{ status: number; text: string }> {
  let text = '';
  const out = machine.output((bytes) => {
    text += new TextDecoder().decode(bytes);
    return bytes.length;
  });
  const started = machine.kernel.start('/bin/bash', {
    argv: ['bash', '-c', script],
    envp: loginEnvironment(undefined),
    cwd: '/root',
    files: [machine.input(), out, out],
  });
  if (typeof started === 'number') throw new Error(`bash does not start: ${started}`);
  return { status: shellStatus(await machine.ended(started)), text };
}
