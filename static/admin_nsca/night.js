// Mission control's slider: it types the instant into the form and sends it. Without this one types.
const form = document.querySelector("[data-slider]");
if (form) {
  const { low, high, step, value } = JSON.parse(form.dataset.slider);
  const range = form.querySelector("input[type=range]");
  const said = form.querySelector("output");
  const zone = "America/New_York";
  const words = new Intl.DateTimeFormat("en-US", { timeZone: zone, weekday: "long", month: "long", day: "numeric", hour: "numeric", minute: "2-digit", timeZoneName: "short" });
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const at = () => new Date(Number(range.value) * 60_000);
  const say = () => {
    said.textContent = `to ${words.format(at())}`;
    range.setAttribute("aria-valuetext", said.textContent);
  };
  Object.assign(range, { min: low, max: high, step });
  range.value = value;
  say();
  form.querySelector(".desk-when__slide").hidden = false;
  range.addEventListener("input", say);
  range.addEventListener("change", () => {
    const typed = Object.fromEntries(parts.formatToParts(at()).map(({ type, value: text }) => [type, text]));
    form.elements.at_0.value = `${typed.year}-${typed.month}-${typed.day}`;
    form.elements.at_1.value = `${typed.hour}:${typed.minute}`;
    form.action = "#knows";
    form.requestSubmit();
  });
}

// The page asks again by itself and puts in what has changed: nobody loses their place on it.
// Without this it is loaded anew as a whole.
const page = document.querySelector("[data-every]");
if (page) {
  const stale = page.querySelector("[data-stale]");
  const again = async () => {
    if (document.hidden) return;
    try {
      const answer = await fetch(location.pathname, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (!answer.ok || answer.redirected) return location.reload();
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      for (const part of document.querySelectorAll("[data-live]")) {
        const next = fresh.getElementById(part.id);
        if (!next) return location.reload();
        if (part.innerHTML !== next.innerHTML && !part.contains(document.activeElement)) part.replaceChildren(...next.childNodes);
      }
      if (!fresh.querySelector("[data-every]")) clearInterval(timer);
      if (stale) stale.hidden = true;
    } catch {
      if (stale) stale.hidden = false;
    }
  };
  const timer = setInterval(again, Number(page.dataset.every) * 1000);
  document.addEventListener("visibilitychange", again);
}
