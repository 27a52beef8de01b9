// Before the first paint: the theme, the language and the division of the window that were chosen. A file of its own because the page's policy has no inline scripts.
((root) => {
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem('drydock:settings') ?? '{}') ?? {};
  } catch {}
  if (kept.theme === 'dark' || kept.theme === 'light') root.dataset.theme = kept.theme;
  const lang = kept.lang ?? (navigator.languages ?? []).map((l) => l.slice(0, 2)).find((l) => l === 'zh' || l === 'en');
  root.lang = lang === 'zh' ? 'zh-CN' : 'en';
  if (typeof kept.split === 'number') root.style.setProperty('--split', `${Math.min(75, Math.max(30, kept.split))}%`);

  // A script that does not come or does not run leaves no page that could say so.
  const tell = (what) => {
    const place = document.querySelector('.boot > :nth-child(4)');
    if (!place || place.childElementCount > 0) return;
    const [said, again] =
      lang === 'zh' ? ['页面没有加载成功。', '重新加载'] : ['The page could not be loaded.', 'Load it again'];
    const line = document.createElement('p');
    line.setAttribute('role', 'alert');
    const button = document.createElement('button');
    button.textContent = again;
    button.onclick = () => location.reload();
    const detail = document.createElement('small');
    detail.textContent = what;
    line.append(said, ' ', button, detail);
    place.append(line);
  };
  addEventListener(
    'error',
    ({ target, message }) => {
      if (globalThis.__drydock) return;
      const what = target.src ?? message ?? '';
      if (target === window || target.localName === 'script') tell(what);
    },
    true,
  );
})(document.documentElement);
