/* Decoration only: every page reads and works without this file.
   The server stays the judge of every hour and every sum; this keeps its words fresh. */

const EVERY_MINUTE = 15_000; // often enough that a clock's minute is never visibly late
const zoned = (locale, options) => new Intl.DateTimeFormat(locale, options).format(new Date());

/* <world-clock zone="Asia/Tokyo">+14 h</world-clock>, or show="day" for the weekday there.
   In English it says "5:34 p.m.", in other languages "17:34". */
class WorldClock extends HTMLElement {
  connectedCallback() {
    this.tick();
    this.timer = setInterval(() => this.tick(), EVERY_MINUTE);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
  }

  tick() {
    const timeZone = this.getAttribute("zone");
    if (this.getAttribute("show") === "day") {
      this.textContent = zoned("en-US", { weekday: "long", timeZone });
    } else if (this.closest("[lang]").lang.startsWith("en")) {
      const [time, half] = zoned("en-US", { timeStyle: "short", timeZone }).split(/\s/);
      const small = document.createElement("small");
      small.textContent = half === "AM" ? "\u00a0a.m." : "\u00a0p.m.";
      this.replaceChildren(time, small);
    } else {
      this.textContent = zoned("en-GB", { timeStyle: "short", timeZone });
    }
  }
}

/* By how many milliseconds the server's clock is ahead of this one. A page is kept, here and on the
   way, and is as old as it is: it cannot say what time it is. So the server is asked: an answer
   carries its Date and, where a cache on the way has kept it, its Age. The file asked for is this
   one, its head alone, for that costs least. Where nobody answers the clock at home must do. */
let skewed;
const skew = () => (skewed ??= askForTheTime());

async function askForTheTime() {
  try {
    const { headers } = await fetch(import.meta.url, { method: "HEAD", cache: "no-store" });
    const made = Date.parse(headers.get("Date"));
    const age = Number.parseInt(headers.get("Age") ?? "0", 10) || 0;
    return Number.isNaN(made) ? 0 : made + age * 1000 - Date.now();
  } catch {
    return 0;
  }
}

/* <reveal-countdown until="…">The location opens Friday at 6:00 p.m.</reveal-countdown>
   It goes by the server's clock, so that a wrong clock at home misleads nobody. At zero the page
   asks again after a random moment; it is open when the server says so, not when this reaches
   zero. `data-runs` tells the style sheet that its room is filled. */
class RevealCountdown extends HTMLElement {
  async connectedCallback() {
    this.until = Date.parse(this.getAttribute("until"));
    if (Number.isNaN(this.until) || this.faces) return;
    this.skew = await skew();
    if (this.faces || !this.isConnected) return;
    this.faces = this.build();
    this.dataset.runs = "";
    this.tick();
    this.timer = setInterval(() => this.tick(), 1000);
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    clearTimeout(this.asking);
  }

  build() {
    const count = document.createElement("div");
    count.className = "count";
    count.setAttribute("role", "timer");
    count.setAttribute("aria-label", this.getAttribute("label") ?? "Time until the location is revealed");
    const faces = ["days", "hours", "minutes", "seconds"].map((word) => {
      const face = document.createElement("div");
      const figure = document.createElement("b");
      const name = document.createElement("span");
      name.textContent = word;
      face.append(figure, name);
      count.append(face);
      return { face, figure, name, word };
    });
    this.prepend(count);
    return faces;
  }

  tick() {
    const left = Math.max(0, Math.floor((this.until - Date.now() - this.skew) / 1000));
    const parts = [left / 86400, (left % 86400) / 3600, (left % 3600) / 60, left % 60].map(Math.floor);
    this.faces.forEach(({ face, figure, name, word }, i) => {
      face.hidden = i === 0 ? parts[0] === 0 : i === 3 && left >= 3600;
      if (figure.textContent !== String(parts[i])) figure.textContent = parts[i];
      name.textContent = parts[i] === 1 ? word.slice(0, -1) : word;
    });
    if (left === 0 && !this.asking) this.ask();
  }

  ask() {
    // Five hundred guests must not ask in the same second; and where the reveal is held, ask gently.
    const late = Date.now() + this.skew - this.until > 60_000;
    const wait = late ? 45_000 + Math.random() * 30_000 : 500 + Math.random() * 9_500;
    sessionStorage.setItem("opening", "yes");
    this.asking = setTimeout(() => location.reload(), wait);
  }
}

/* <live-sum ask="/events/soiree/tickets/sum/" about="^(qty_|gift$)"> around a form: when a field with
   such a name changes, it sends the form there and shows the server's own words in the parts of the
   page that the answer names ([data-part]). It adds nothing up. Where no answer comes, the page stays
   as it is and says so ([data-outdated]). The answer's part "guests" has a [data-guest] group for each
   chair: those the page lacks are added, those it has too many are hidden. `eager`: it asks at once. */
class LiveSum extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.about = new RegExp(this.getAttribute("about"));
    this.addEventListener("input", (event) => this.about.test(event.target.name) && this.soon());
    for (const fallback of this.querySelectorAll("[data-nojs]")) fallback.hidden = true;
    // A browser that came back by its back button has filled the form in again.
    const changed = [...this.form.elements].some((field) =>
      this.about.test(field.name) && (field.checked !== field.defaultChecked ||
        (field.defaultValue !== undefined && field.value !== field.defaultValue)));
    if (this.hasAttribute("eager") || changed) this.ask();
  }

  soon() {
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.ask(), 300);
  }

  async ask() {
    this.asking?.abort();
    this.asking = new AbortController();
    const { signal } = this.asking;
    try {
      const answer = await fetch(this.getAttribute("ask"), { method: "POST", body: new FormData(this.form), signal });
      const parts = new DOMParser().parseFromString(await answer.text(), "text/html").querySelectorAll("[data-part]");
      if (!answer.ok || !parts.length) throw new Error("no sum");
      for (const part of parts) this.show(part);
      this.outdated(false);
    } catch {
      if (!signal.aborted) this.outdated(true);
    }
  }

  show(part) {
    for (const place of this.querySelectorAll(`[data-part="${part.dataset.part}"]`)) {
      place.replaceChildren(...part.cloneNode(true).childNodes);
      place.hidden = part.hidden;
    }
    if (part.dataset.part !== "guests") return;
    const wanted = [...part.querySelectorAll("[data-guest]")];
    const here = [...this.querySelectorAll("[data-guest]")];
    here.forEach((guest, i) => { guest.hidden = guest.disabled = i >= wanted.length; });
    here.at(-1)?.after(...wanted.slice(here.length));
  }

  outdated(is) {
    for (const words of this.querySelectorAll("[data-outdated]")) words.hidden = !is;
  }
}

customElements.define("world-clock", WorldClock);
customElements.define("reveal-countdown", RevealCountdown);
customElements.define("live-sum", LiveSum);

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
  const opener = event.target.closest("[data-dialog]");
  if (opener) document.getElementById(opener.dataset.dialog)?.showModal();
});
for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;

// The page that opened the envelope by itself takes its reader there, once, so that it is read aloud.
const opened = document.querySelector("[data-opened]");
if (opened && sessionStorage.getItem("opening")) {
  sessionStorage.removeItem("opening");
  opened.focus();
}

/* <form data-seen>: by it a guest without JavaScript says that they have the location. Here the page
   says so itself, once it has been in sight for a moment: a mail scanner only fetches it, and must
   not count. Where that fails the button comes back. */
const seen = document.querySelector("form[data-seen]");
const IN_SIGHT = 1500; // milliseconds

async function sayThatItIsSeen() {
  if (document.visibilityState !== "visible") {
    document.addEventListener("visibilitychange", sayThatItIsSeen, { once: true });
    return;
  }
  await new Promise((resolve) => setTimeout(resolve, IN_SIGHT));
  if (document.visibilityState !== "visible") return sayThatItIsSeen();
  const body = new URLSearchParams({ version: seen.elements.version.value, by: "page" });
  try {
    const answer = await fetch(seen.action, { method: "POST", body, keepalive: true });
    if (!answer.ok) throw new Error(answer.status);
    seen.remove();
  } catch {
    seen.dataset.seen = "asks";
    seen.hidden = false;
  }
}

if (seen) {
  seen.hidden = true; // also where CSS does not know that there are scripts
  sayThatItIsSeen();
}

// After a refused form the reader is taken to what needs another look.
document.querySelector("[data-focus]")?.focus();
