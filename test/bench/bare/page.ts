import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';

// The least that a page with a terminal can be: xterm.js, and a worker that says one prompt.
const term = new Terminal();
const fit = new FitAddon();
term.loadAddon(fit);
term.open(document.querySelector<HTMLElement>('#terminal')!);
fit.fit();
const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
worker.onmessage = (event: MessageEvent<string>) => term.write(event.data);
worker.postMessage('root@drydock:~# ');
(globalThis as Record<string, unknown>).__drydock = { term };
