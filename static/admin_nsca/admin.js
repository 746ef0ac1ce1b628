// Small helps of the admin. Everything works without them.

// A page of acts or a form that is sent twice would be two acts: the second click does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.dataset.sent) {
    if (form.dataset.sent) event.preventDefault();
    return;
  }
  if (form.closest(".desk-act")) form.dataset.sent = "yes";
});

// Coming back by the back button, a form may be sent again.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// The rich text editor puts its own box in the place of the field; it gets the field's name.
const nameTheEditors = () => {
  for (const box of document.querySelectorAll(".tiptap[role=textbox]:not([aria-label])")) {
    const label = box.closest(".form-row")?.querySelector("label");
    if (label) box.setAttribute("aria-label", label.textContent.replace(/:\s*$/, "").trim());
  }
};
new MutationObserver(nameTheEditors).observe(document.documentElement, { childList: true, subtree: true });
