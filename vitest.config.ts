import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  // The page's stores (*.svelte.ts) are tested without a DOM.
  plugins: [svelte()],
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts', 'workers/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: ['test/e2e/**'],
    setupFiles: ['test/seed.ts'],
    // a test that hangs ends some time; none fails because the machine is slow
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
