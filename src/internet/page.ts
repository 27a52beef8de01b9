import type { SiteResponse } from '../libc/http-server.ts';

/** Text as it may stand in HTML, in attributes too. */
export const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);

export const HTML: readonly [string, string] = ['Content-Type', 'text/html; charset=utf-8'];

/** A page of a site. @param body HTML */
export const page = (title: string, body: string, status = 200): SiteResponse => ({
  status,
  headers: [HTML],
  body: `<!doctype html>\n<html lang="en">\n<title>${escapeHtml(title)}</title>\n<h1>${escapeHtml(title)}</h1>\n${body}\n</html>\n`,
});

export const link = (href: string, text: string): string => `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`;

export const notThere = (why: string): SiteResponse => page('Not Found', `<p>${escapeHtml(why)}</p>`, 404);
