import { existsSync, readFileSync } from 'node:fs';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

/** `npm run dev` needs inline scripts and a socket for its reloads; the built page keeps its policy. */
const looseInDevelopment: Plugin = {
  name: 'drydock:dev-policy',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''),
};

/** Theme and language, before the first paint: a plain script as it is. */
const LOOKS = 'src/app/looks.js';

/**
 * The scripts that run first. src/app/early.ts starts the worker and need not wait for the page's own script. The looks end
 * the head, because the parser asks for nothing that stands behind them until they have come; under a name with its hash
 * nobody has to ask whether they changed.
 */
function firstScripts(): Plugin {
  let looks = '';
  let builds = false;
  return {
    name: 'drydock:first',
    configResolved({ command }) {
      builds = command === 'build';
    },
    buildStart() {
      if (!builds) return;
      looks = this.emitFile({ type: 'asset', name: 'looks.js', source: readFileSync(LOOKS, 'utf8') });
    },
    generateBundle: {
      order: 'pre',
      handler() {
        looks = this.getFileName(looks);
      },
    },
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const early = Object.values(bundle ?? {}).find(
          (file) => file.type === 'chunk' && file.isEntry && file.name === 'early',
        );
        const first = early ? `\n    <script type="module" async src="./${early.fileName}"></script>` : '';
        return html
          .replace(/<meta charset[^>]*>\s*(?:<meta http-equiv[^>]*>)?/, (head) => head + first)
          .replace('</head>', `  <script src="./${builds ? looks : LOOKS}"></script>\n  </head>`);
      },
    },
  };
}

/** The blob of a new host's disk, so that a first visit asks for it at once, not after the catalogue. */
function firstDisk(): string | undefined {
  const index = 'public/blobs/index.json';
  if (!existsSync(index)) return undefined;
  const { disks } = JSON.parse(readFileSync(index, 'utf8')) as {
    disks?: Record<string, { digest: string; size: number }>;
  };
  return disks?.ubuntu?.digest;
}

/** The worker's entry with all that it imports, and its second script, the machine: one piece each. */
const FIRST = { begin: /[\\/]workers[\\/]engine\.worker\.ts$/, ids: new Set<string>() };
const START = { begin: /[\\/]workers[\\/]engine\.ts$/, ids: new Set<string>() };
/** A door names it, but only what is loaded later uses it. */
const SELDOM = /[\\/]src[\\/]vfs[\\/]check-disk\.ts$/;
const startGraph: Plugin = {
  name: 'drydock:start',
  buildEnd() {
    for (const { begin, ids } of [FIRST, START]) {
      for (const id of this.getModuleIds()) if (begin.test(id)) ids.add(id);
      for (const id of ids)
        for (const next of this.getModuleInfo(id)?.importedIds ?? []) if (!SELDOM.test(next)) ids.add(next);
    }
  },
};

/** The bundler's own helpers are a chunk: the machine's script has a copy of them, so that it waits for no other. */
const helpersInside: Plugin = {
  name: 'drydock:helpers',
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      const chunks = Object.values(bundle).filter((file) => file.type === 'chunk');
      const helpers = chunks.find(({ name }) => name === 'rolldown-runtime');
      const start = chunks.find(({ name }) => name === 'start');
      if (!helpers || !start) return;
      const body = helpers.code.replace(
        /export\{([^}]*)\};?\s*$/,
        (_, names: string) => `return{${names.replace(/(\w+) as (\w+)/g, '$2:$1')}}`,
      );
      start.code = start.code.replace(
        /import\{([^}]*)\}from"\.\/rolldown-runtime-[^"]*";/,
        (_, names: string) => `const{${names.replaceAll(' as ', ':')}}=(()=>{${body}})();`,
      );
    },
  },
};

/** `--mode node`: the Node entry, one file. Any other mode: the page. Both go to dist/. */
export default defineConfig(({ mode }): UserConfig => {
  if (mode === 'node') {
    return {
      publicDir: false,
      build: {
        ssr: 'src/headless/main.ts',
        outDir: 'dist',
        emptyOutDir: false,
        target: 'node20',
        minify: true,
        rolldownOptions: {
          output: { entryFileNames: 'drydock.js', banner: '#!/usr/bin/env node', codeSplitting: false },
        },
      },
      ssr: { noExternal: true, target: 'node' },
    };
  }
  return {
    base: './',
    define: { FIRST_DISK: JSON.stringify(firstDisk()) ?? 'undefined' },
    plugins: [svelte(), looseInDevelopment, firstScripts()],
    worker: {
      format: 'es',
      plugins: () => [startGraph, helpersInside],
      rolldownOptions: {
        output: {
          codeSplitting: {
            includeDependenciesRecursively: false,
            groups: [
              { name: 'first', test: (id) => FIRST.ids.has(id), priority: 10 },
              { name: 'start', test: (id) => START.ids.has(id), priority: 9 },
              { name: 'engine', test: /[\\/]src[\\/]engine[\\/](?!index\.ts$)/ },
              { name: 'api', test: /[\\/]src[\\/]api[\\/]/ },
              { name: 'shell', test: /[\\/]src[\\/]userland[\\/]sh[\\/]/ },
              { name: 'regex', test: /[\\/]src[\\/]lib[\\/](?:regex[\\/]|char-class)/ },
              { name: 'cli', test: /[\\/]src[\\/]cli[\\/]/ },
            ],
          },
        },
      },
    },
    build: {
      outDir: 'dist',
      emptyOutDir: false,
      target: 'es2022',
      chunkSizeWarningLimit: 1200,
      modulePreload: { polyfill: false },
      rolldownOptions: {
        checks: { pluginTimings: false },
        // the door of ui/ is a list: what a chunk does not take from it, it does not load
        treeshake: { moduleSideEffects: [{ test: /[\\/]src[\\/]ui[\\/]index\.ts$/, sideEffects: false }] },
        input: { index: 'index.html', early: 'src/app/early.ts' },
        preserveEntrySignatures: 'allow-extension',
        output: {
          codeSplitting: { groups: [{ name: 'xterm', test: /[\\/]@xterm[\\/](?:xterm|addon-fit)[\\/]/ }] },
        },
      },
    },
  };
});
