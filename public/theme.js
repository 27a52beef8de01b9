// Before the first paint: the theme and the language that were chosen. A file of its own because the page's policy has no inline scripts.
((root) => {
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem('drydock:settings') ?? '{}') ?? {};
  } catch {}
  if (kept.theme === 'dark' || kept.theme === 'light') root.dataset.theme = kept.theme;
  const lang = kept.lang ?? (navigator.languages ?? []).map((l) => l.slice(0, 2)).find((l) => l === 'zh' || l === 'en');
  root.lang = lang === 'zh' ? 'zh-CN' : 'en';
})(document.documentElement);
