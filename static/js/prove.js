// A passkey as proof that it is still you: it fills a field of the act's form, and presses nothing.
// Without this file, or on a browser without passkeys, the mailed code serves.
const part = document.querySelector("[data-prove]");
const words = part.querySelector("[data-prove-words]");
const options = JSON.parse(document.querySelector("#prove-options").textContent);

part.hidden = !window.PublicKeyCredential;
part.querySelector("[data-prove-button]").addEventListener("click", async () => {
  try {
    const answer = await window.webauthnJSON.get(options);
    part.querySelector("[data-prove-answer]").value = JSON.stringify(answer);
    words.textContent = words.dataset.yes;
  } catch {
    words.textContent = words.dataset.no;
  }
});
