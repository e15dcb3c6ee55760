// Keys do what stands on the page: an element with data-key is clicked or entered, a list with data-down, data-up and
// data-tick is walked. Nothing is pressed while somebody writes, holds a modifier or looks at a dialog.
const WRITTEN_IN = 'textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])';
const ENTERED = 'a[href], button, summary, input, select, textarea';
const overlay = document.querySelector('dialog.keys');

const visible = (element) => !element.disabled && element.getClientRects().length > 0;
const digit = (event) => /^Digit(\d)$/.exec(event.code)?.[1];

function press(element) {
  if (element.matches(`[data-focus], ${WRITTEN_IN}`)) return element.focus();
  if (element.matches('[type=radio], [type=checkbox]')) element.focus();
  element.click();
}

function walk(list, key) {
  const rows = [...list.querySelectorAll('[data-row]')];
  const at = rows.findIndex((row) => row.closest('tr, li').contains(document.activeElement));
  const { down, up, tick } = list.dataset;
  if (key === down) rows[Math.min(at + 1, rows.length - 1)]?.focus();
  else if (key === up) rows[Math.max(at - 1, 0)]?.focus();
  else if (key === tick) rows[at]?.closest('tr, li').querySelector('[type=checkbox]')?.click();
  else return false;
  return true;
}

document.addEventListener('keydown', (event) => {
  const { target } = event;
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.altKey || event.metaKey) return;
  if (document.querySelector('dialog[open]')) return;
  if (target.matches(WRITTEN_IN)) {
    if (event.key === 'Escape') target.blur();
    return;
  }
  if (event.key === '?' && overlay) {
    overlay.showModal();
    event.preventDefault();
    return;
  }
  const key = digit(event) ?? event.key.toLowerCase();
  if (event.shiftKey && !digit(event)) return;
  if (key === 'enter' && target.matches(ENTERED) && !target.matches('[type=radio], [type=checkbox]')) return;
  const found = [...document.querySelectorAll(`[data-key="${CSS.escape(key)}"]`)].find(visible);
  if (found) press(found);
  else if (![...document.querySelectorAll('[data-down]')].some((list) => walk(list, key))) return;
  event.preventDefault();
});

document.querySelector('a.keys-open')?.addEventListener('click', (event) => {
  if (!overlay) return;
  overlay.showModal();
  event.preventDefault();
});
