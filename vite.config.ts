import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin, type UserConfig } from 'vite';

/** `npm run dev` needs inline scripts and a socket for its reloads; the built page keeps its policy. */
const looseInDevelopment: Plugin = {
  name: 'drydock:dev-policy',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace(/<meta http-equiv="Content-Security-Policy"[^>]*>/, ''),
};

/** Theme and language before the first paint: a plain script of public/, which the bundler leaves alone. */
const themeScript: Plugin = {
  name: 'drydock:theme',
  transformIndexHtml: () => [{ tag: 'script', attrs: { src: './theme.js' }, injectTo: 'head-prepend' }],
};

/** Starts src/app/early.ts before all else: a script of its own, which need not wait for the page's. */
const earlyScript: Plugin = {
  name: 'drydock:early',
  apply: 'build',
  transformIndexHtml: {
    order: 'post',
    handler(_html, { bundle }) {
      const chunk = Object.values(bundle ?? {}).find(
        (file) => file.type === 'chunk' && file.isEntry && file.name === 'early',
      );
      if (!chunk) throw new Error('there is no early script');
      return [{ tag: 'script', attrs: { type: 'module', async: true, src: `./${chunk.fileName}` }, injectTo: 'head' }];
    },
  },
};

/** The machine, its shell, and the programs that a login starts. */
const FIRST_PROMPT =
  /[\\/]src[\\/](?:abi|vfs|kernel|machine)[\\/]|[\\/]src[\\/]userland[\\/](?:sh[\\/]|[a-z-]+\.ts|bin[\\/](?:id|index\.gen)\.ts)|[\\/]workers[\\/](?!engine)|[\\/]node_modules[\\/](?:comlink|idb)[\\/]/;

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
    plugins: [svelte(), looseInDevelopment, themeScript, earlyScript],
    worker: {
      format: 'es',
      rolldownOptions: {
        output: {
          codeSplitting: {
            // What stands between the visit and the first prompt comes in one piece; so do engine and CLI.
            groups: [
              { name: 'prompt', test: FIRST_PROMPT, priority: 2 },
              { name: 'engine', test: /[\\/]src[\\/](?:engine|api)[\\/]/, priority: 1 },
              { name: 'cli', test: /[\\/]src[\\/]cli[\\/]/, priority: 0 },
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
      rolldownOptions: { checks: { pluginTimings: false }, input: { index: 'index.html', early: 'src/app/early.ts' } },
    },
  };
});
