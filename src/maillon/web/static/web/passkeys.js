// Makes a passkey, or asks for one, where a form says so; without this module such forms stay hidden.
const able = globalThis.isSecureContext && globalThis.PublicKeyCredential?.parseCreationOptionsFromJSON;

async function optionsOf(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options).publicKey;
  const answer = await fetch(form.action, { headers: { Accept: 'application/json' } });
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return (await answer.json()).request_options.publicKey;
}

async function credentialOf(form) {
  const options = await optionsOf(form);
  return form.dataset.passkey === 'create'
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}

async function ask(event) {
  event.preventDefault();
  const form = event.currentTarget;
  const failed = form.querySelector('[data-failed]');
  failed.hidden = true;
  try {
    form.elements.credential.value = JSON.stringify(await credentialOf(form));
    form.submit();
  } catch {
    failed.hidden = false;
  }
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  form.hidden = !able;
  form.addEventListener('submit', ask);
}
for (const told of document.querySelectorAll('[data-unable]')) told.hidden = Boolean(able);
