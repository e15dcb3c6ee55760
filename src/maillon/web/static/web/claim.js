// Counts down what ends by itself, and gives a claim back when its page is left.
const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
const begun = performance.now();

function count(timer) {
  const left = Math.max(0, Math.ceil(timer.dataset.left - (performance.now() - begun) / 1000));
  timer.textContent = clock(left);
  if (left > 0) return;
  timer.closest('[data-ends]')?.setAttribute('data-ends', 'over');
}

const timers = [...document.querySelectorAll('[data-left]')];
const tick = () => timers.forEach(count);
tick();
setInterval(tick, 1000);

const held = document.querySelector('form[data-give-back]');
const HELD = 'maillon-held';
let leaving = true;

function giveBack() {
  if (!held || !leaving) return;
  leaving = false;
  sessionStorage.setItem(HELD, location.pathname);
  const form = new URLSearchParams(new FormData(held));
  form.set('quietly', 'yes');
  navigator.sendBeacon(held.action, form);
}

// What stays with the item keeps its claim: its own forms, links within its page and to pages under it.
document.addEventListener('submit', (event) => {
  if (event.target.matches('[data-stays]')) leaving = false;
});
document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href]');
  if (!link || link.getAttribute('href').startsWith('#')) return;
  if (new URL(link.href).pathname.startsWith(location.pathname)) leaving = false;
});
addEventListener('beforeunload', giveBack);
addEventListener('pagehide', giveBack);

// Loading the page again is no leaving: the claim is taken again.
const [visit] = performance.getEntriesByType('navigation');
if (visit?.type === 'reload' && sessionStorage.getItem(HELD) === location.pathname) {
  document.querySelector('form[data-take]')?.requestSubmit();
}
sessionStorage.removeItem(HELD);
