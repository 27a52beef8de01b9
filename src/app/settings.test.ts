import { expect, test } from 'vitest';
import { type Keep, Settings } from './settings.svelte.ts';

const keepOf = (text?: string): Keep & { text: string | undefined } => {
  const keep = {
    text,
    getItem: () => keep.text ?? null,
    setItem: (_key: string, value: string) => {
      keep.text = value;
    },
  };
  return keep;
};

test.each([
  [['zh-CN', 'en'], 'zh'],
  [['fr', 'en-GB'], 'en'],
  [['de'], 'en'],
])('languages %j give %s', (languages, wanted) => {
  expect(new Settings(undefined, languages).lang).toBe(wanted);
});

test('choices are kept and come back', () => {
  const keep = keepOf();
  new Settings(keep, ['en']).set({ lang: 'zh', theme: 'light', split: 45 });
  const again = new Settings(keep, ['en']);
  expect([again.lang, again.theme, again.split, again.t.harbour.title]).toEqual(['zh', 'light', 45, '港湾']);
});

test('what is kept may be damaged', () => {
  for (const text of ['{', 'null', '[]', '{"split":999,"lang":"xx","theme":3}']) {
    const settings = new Settings(keepOf(text), ['en']);
    expect([settings.lang, settings.theme, settings.split <= 75]).toEqual(['en', 'system', true]);
  }
});
