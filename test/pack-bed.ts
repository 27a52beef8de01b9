import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { PackHost, PackWorker } from '../src/abi/pack.ts';
import { PackQueue } from '../src/machine/index.ts';
import { Conversation } from '../src/packs/conversation.ts';
import { startJavaScript } from '../src/packs/javascript/pack.ts';
import { makeLua } from '../src/packs/lua/pack.ts';
import type { StartPack } from '../src/packs/pack.ts';
import { makeSqlite } from '../src/packs/sqlite/pack.ts';
import type { InitSqlJs } from '../src/packs/sqlite/sql-js.ts';

const require = createRequire(import.meta.url);

const beside = (name: string, file: string): string => join(dirname(require.resolve(name)), file);

/** A library that a module has once: loaded anew. */
function fresh<T>(path: string): T {
  delete require.cache[require.resolve(path)];
  return require(path) as T;
}

/** How packs start, and their files by name. */
const PACKS: Readonly<Record<string, { start: StartPack; files: Readonly<Record<string, string>> }>> = {
  sqlite: {
    start: (init) => makeSqlite(fresh<InitSqlJs>('sql.js/dist/sql-wasm-browser.js'))(init),
    files: { 'sqlite.wasm': require.resolve('sql.js/dist/sql-wasm-browser.wasm') },
  },
  javascript: {
    start: startJavaScript,
    files: { 'quickjs.wasm': beside('@jitl/quickjs-wasmfile-release-asyncify', 'emscripten-module.wasm') },
  },
  lua: { start: makeLua(undefined), files: { 'lua.wasm': beside('wasmoon', 'glue.wasm') } },
};

/** Packs that run in this thread, from their sources: what does not end cannot be ended here. */
export function inlinePacks(): PackHost & { ended: string[] } {
  const ended: string[] = [];
  return {
    ended,
    start(name, memory): PackWorker | undefined {
      const pack = PACKS[name];
      if (!pack) return undefined;
      const queue = new PackQueue();
      const files = Object.fromEntries(
        Object.entries(pack.files).map(([file, path]) => [file, new Uint8Array(readFileSync(path))]),
      );
      const conversation = new Conversation(pack.start, { files, memory }, (frame) =>
        queue.add(structuredClone(frame)),
      );
      return {
        post: (message) => conversation.take(structuredClone(message)),
        next: () => queue.next(),
        end: () => {
          ended.push(name);
          queue.end(new Error('ended'));
        },
      };
    },
  };
}
