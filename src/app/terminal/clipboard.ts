/** Copies text; without the clipboard API (plain http) through a selection, as browsers always could. */
export async function copyText(text: string): Promise<void> {
  if (text === '') return;
  if (navigator.clipboard !== undefined) {
    try {
      await navigator.clipboard.writeText(text);
      return;
    } catch {
      // No permission: the old way has its own rules.
    }
  }
  const before = document.activeElement as HTMLElement | null;
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('readonly', '');
  area.style.cssText = 'position:fixed;top:0;left:-999px;opacity:0';
  document.body.append(area);
  area.select();
  document.execCommand('copy');
  area.remove();
  before?.focus();
}
