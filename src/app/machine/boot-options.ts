import type { BootOptions } from '../../machine/remote.ts';

/** What the page's machine is booted with: it follows from where the page is, and from what its visitor chose. */
export function bootOptions(view: Window): BootOptions {
  const here = view.document.baseURI;
  return {
    name: 'drydock',
    scope: new URL('.', here).pathname,
    blobs: new URL('blobs/', here).href,
    lang: view.document.documentElement.lang.startsWith('zh') ? 'zh' : 'en',
    storage: storesAnything(view) ? 'idb' : 'memory',
  };
}

function storesAnything(view: Window): boolean {
  try {
    return view.indexedDB !== undefined && view.indexedDB !== null;
  } catch {
    return false;
  }
}
