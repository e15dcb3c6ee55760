// The waiting page goes on by itself: when its time has come, or as soon as a piece of work is done.
const form = document.getElementById("wait");
const due = Date.now() + Number(form.dataset.seconds) * 1000;
const left = form.querySelector(".left");
let gone = false;

function go(work) {
  if (gone) return;
  gone = true;
  form.elements.work.value = work;
  form.submit();
}

function count() {
  const seconds = Math.max(Math.ceil((due - Date.now()) / 1000), 0);
  left.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (seconds === 0) go("");
}

document.getElementById("until").hidden = true;
document.getElementById("going").hidden = false;
form.addEventListener("submit", () => { gone = true; });
count();
setInterval(count, 500);

// Without a secure connection browsers offer no SHA-256; waiting is enough then.
if (globalThis.crypto?.subtle) {
  const worker = new Worker(form.dataset.worker);
  worker.onmessage = ({ data }) => go(data);
  worker.postMessage({ ticket: form.elements.ticket.value, bits: Number(form.dataset.bits) });
}
