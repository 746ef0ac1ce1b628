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

// The seating page: a guest's table is saved as soon as it is chosen. Where that fails, or without
// this, the button beside it does the same.
for (const button of document.querySelectorAll("[data-autosave] button")) button.hidden = true;
const settle = {};
document.addEventListener("change", (event) => {
  const form = event.target.closest("form[data-autosave]");
  if (!form) return;
  clearTimeout(settle[form.ticket.value]); // arrow keys pass other tables on their way
  settle[form.ticket.value] = setTimeout(() => save(form), 400);
});
const save = async (form) => {
  const said = form.querySelector("[role=status]");
  const headers = { Accept: "application/json" };
  try {
    const answer = await fetch(location.pathname, { method: "POST", body: new FormData(form), headers });
    const words = await answer.json();
    said.textContent = answer.ok ? `Saved: ${words.said}` : words.said;
    for (const [key, count] of Object.entries(words.tally ?? {}))
      for (const place of document.querySelectorAll(`[data-tally="${key}"]`)) place.textContent = count;
  } catch {
    said.textContent = "Not saved. Please press Move.";
    form.querySelector("button").hidden = false;
  }
};
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// After a refused form the reader is brought to what needs another look.
// Not before "load": until then a script of Django's may put the focus on the first field.
addEventListener("load", () => document.querySelector(".desk-errors")?.focus());

// Unsaved work: whoever leaves a form that was changed is asked first, by the browser, whatever they
// press: a link, a tool, a button of another form. A form that came back refused is unsaved, too.
const GUARDED = "#content-main form[method=post]:not([data-autosave], #changelist-form), #content-main ~ form[method=post]";
const guarded = () => [...document.querySelectorAll(GUARDED)].filter((form) => !form.dataset.autosave);
const unsaved = new Set(guarded().filter((form) => form.querySelector(".desk-errors")));
const touched = (event) => {
  const form = event.target.closest?.("form");
  if (form?.matches(GUARDED)) unsaved.add(form);
};
for (const kind of ["input", "change"]) document.addEventListener(kind, touched);
// The editor's buttons and the calendar's write into fields without a word.
document.addEventListener("click", (event) => {
  if (event.target.closest(".prose-menubar, .datetimeshortcuts, .calendarbox, .clockbox, .add-row, .inline-deletelink")) touched(event);
});
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) unsaved.delete(event.target);
});
addEventListener("beforeunload", (event) => {
  if ([...unsaved].some((form) => form.isConnected)) event.preventDefault();
});
