// Builds the packs: each entry of workers/packs becomes one script in public/packs, with the files that belong to it. The
// names hold a digest, so that caches may keep them; index.json says what there is.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const OUT = 'public/packs';
const { resolve } = createRequire(import.meta.url);
const beside = (name, file) => join(dirname(resolve(name)), file);

/** By pack: name of each file, and where it is. */
const PACKS = {
  sqlite: { 'sqlite.wasm': resolve('sql.js/dist/sql-wasm-browser.wasm') },
  javascript: { 'quickjs.wasm': beside('@jitl/quickjs-wasmfile-release-asyncify', 'emscripten-module.wasm') },
  lua: { 'lua.wasm': beside('wasmoon', 'glue.wasm') },
};

const named = (name, bytes) => {
  const digest = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  return name.replace(/(\.[^.]+)$/, `-${digest}$1`);
};

/** A pack's code comes as a file with it: libraries are not to look for it, nor to bring it in their script. */
const noOwnCode = {
  name: 'drydock:pack-code',
  enforce: 'pre',
  transform: (code) => code.replace(/\(new URL\("([^"]+\.wasm)",\s*import\.meta\.url\)\)\.href/g, '"$1"'),
};

async function script(name) {
  const result = await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    plugins: [noOwnCode],
    define: { 'import.meta.url': 'self.location.href' },
    build: {
      write: false,
      target: 'es2022',
      lib: { entry: `workers/packs/${name}.ts`, formats: ['iife'], name: 'pack', fileName: () => `${name}.js` },
    },
  });
  const [{ output }] = Array.isArray(result) ? result : [result];
  return output[0].code;
}

const built = [];
const index = {};
for (const [name, files] of Object.entries(PACKS)) {
  const code = Buffer.from(await script(name));
  const entry = { script: named(`${name}.js`, code), files: {} };
  built.push([entry.script, code]);
  for (const [file, path] of Object.entries(files)) {
    const bytes = readFileSync(path);
    entry.files[file] = named(file, bytes);
    built.push([entry.files[file], bytes]);
  }
  index[name] = entry;
}
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT, { recursive: true });
for (const [name, bytes] of built) writeFileSync(join(OUT, name), bytes);
writeFileSync(join(OUT, 'index.json'), `${JSON.stringify(index, null, 2)}\n`);
console.log(
  `packs: ${Object.keys(index).join(', ')} (${Math.round(built.reduce((n, [, b]) => n + b.length, 0) / 1024)} KB)`,
);
