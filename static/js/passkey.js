// A passkey that did not come about: said on the page, with another way, instead of silence.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const words = document.querySelector("[data-passkey-failed]");
  words.hidden = false;
  words.focus();
});
