// Proof of work, beside the page: looks for a number whose SHA-256 with the ticket begins with so many zero bits.
const MANY = 512;

onmessage = async ({ data: { ticket, bits } }) => {
  const text = new TextEncoder();
  const hash = (work) => crypto.subtle.digest("SHA-256", text.encode(`${ticket}:${work}`));
  for (let first = 0; ; first += MANY) {
    const digests = await Promise.all(Array.from({ length: MANY }, (_, n) => hash(first + n)));
    const found = digests.findIndex((digest) => zeros(new DataView(digest)) >= bits);
    if (found >= 0) return postMessage(String(first + found));
  }
};

function zeros(digest) {
  const head = Math.clz32(digest.getUint32(0));
  return head < 32 ? head : 32 + Math.clz32(digest.getUint32(4));
}
