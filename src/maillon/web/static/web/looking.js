// Measures how long what was revealed is really in sight, hides it when its minutes are over, enlarges the picture that
// the server made. Without it the server counts the time until the next act.
const EVERY = 5000;
const begun = performance.now();
const seen = document.querySelector('[data-seen]');
const shown = new Set(document.querySelectorAll('[data-reveal]'));
const inSight = new Set();
const watching = new IntersectionObserver((entries) => entries.forEach(({ target, isIntersecting }) => {
  count();
  if (isIntersecting) inSight.add(target);
  else inSight.delete(target);
}));
let last = begun;
let spent = 0;
let counted = [...shown];

function count() {
  const now = performance.now();
  if (document.visibilityState === 'visible' && inSight.size) {
    spent += now - last;
    counted = [...inSight];
  }
  last = now;
}

function form() {
  const found = new FormData();
  found.set('csrfmiddlewaretoken', document.querySelector('[name=csrfmiddlewaretoken]').value);
  const seconds = Math.floor(spent / 1000);
  spent -= seconds * 1000;
  found.set('seconds', seconds);
  counted.forEach((one) => found.append('reveal', one.dataset.reveal));
  return new URLSearchParams(found);
}

async function tell() {
  const answer = await fetch(seen.dataset.seen, { method: 'POST', body: form(), headers: { Accept: 'application/json' } });
  if (!answer.ok) return;
  const { pause, stopped } = await answer.json();
  document.querySelector('#pause')?.toggleAttribute('hidden', !pause || stopped);
}

function turn() {
  count();
  shown.forEach((one) => {
    if ((performance.now() - begun) / 1000 < one.dataset.left) return;
    one.parentElement.querySelector('.over-now')?.removeAttribute('hidden');
    one.remove();
    shown.delete(one);
    inSight.delete(one);
  });
  if (counted.length) tell().catch(() => {});
}

if (seen && shown.size) {
  shown.forEach((one) => watching.observe(one));
  tell().catch(() => {});
  setInterval(turn, EVERY);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState !== 'hidden') {
      last = performance.now();
      return;
    }
    spent += inSight.size ? performance.now() - last : 0;
    last = performance.now();
    navigator.sendBeacon(seen.dataset.seen, form());
  });
}

const LARGEST = 3;

document.querySelectorAll('figure.shown').forEach((figure) => {
  figure.querySelector('.tools').hidden = false;
  figure.addEventListener('click', ({ target }) => {
    const by = target.closest('[data-zoom]')?.dataset.zoom;
    if (by) {
      const zoom = Math.min(LARGEST, Math.max(0, Number(figure.dataset.zoomed ?? 0) + (by === 'in' ? 1 : -1)));
      if (zoom) figure.dataset.zoomed = zoom;
      else delete figure.dataset.zoomed;
    } else if (target.closest('[data-full]')) {
      if (document.fullscreenElement) document.exitFullscreen();
      else figure.requestFullscreen();
    }
  });
});
