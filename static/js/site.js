/* Decoration only: every page reads and works without this file.
   The server stays the judge of every hour and every sum; this keeps its words fresh. */

const EVERY_MINUTE = 15_000; // often enough that a clock's minute is never visibly late
const zoned = (locale, options) => new Intl.DateTimeFormat(locale, options).format(new Date());

/* <world-clock zone="Asia/Tokyo">+14 h</world-clock>, or show="day" for the weekday there. */
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
    this.textContent =
      this.getAttribute("show") === "day"
        ? zoned("en-US", { weekday: "long", timeZone })
        : zoned("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
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
    count.setAttribute("aria-label", this.getAttribute("label") ?? "Time until the place is told");
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

/* <order-sum> around a form: adds up what is chosen, before the server adds it up again.
   A quantity carries data-price and data-fair in cents; data-name for the line; a gift in dollars
   carries data-gift; a guest's supper that costs more carries data-extra; the first data-saves of a quantity cost data-saving less (the member price). The figures go to [data-sum="total"], [data-sum="deductible"] and [data-sum="seats"];
   what the server said about the choice before, [data-asof], goes while it no longer fits;
   [data-guest] groups beyond the number of chairs are folded away. */
class OrderSum extends HTMLElement {
  connectedCallback() {
    this.addEventListener("input", () => this.add());
    this.addEventListener("change", () => this.add());
    for (const fallback of this.querySelectorAll("[data-nojs]")) fallback.hidden = true;
    this.add();
  }

  add() {
    const sum = { total: 0, fair: 0, seats: 0 };
    const chosen = [];
    for (const field of this.querySelectorAll("[data-price]")) {
      const ticked = !["radio", "checkbox"].includes(field.type) || field.checked;
      const count = ticked ? Math.max(0, Number.parseInt(field.dataset.count ?? field.value, 10) || 0) : 0;
      sum.total += count * Number(field.dataset.price);
      sum.total -= Math.min(count, Number(field.dataset.saves ?? 0)) * Number(field.dataset.saving ?? 0);
      sum.fair += count * Number(field.dataset.fair ?? 0);
      sum.seats += count * Number(field.dataset.covers ?? 1);
      chosen.push(count);
    }
    for (const field of this.querySelectorAll("[data-gift]")) {
      sum.total += Math.max(0, Math.round(Number.parseFloat(field.value) * 100) || 0);
      chosen.push(field.value);
    }
    // Suppers of the guests who have a chair; those folded away eat nothing.
    [...this.querySelectorAll("[data-guest]")].forEach((guest, i) => {
      for (const option of i < sum.seats ? guest.querySelectorAll("[data-extra]:checked") : []) {
        sum.total += Number(option.dataset.extra);
        sum.fair += Number(option.dataset.fair);
        chosen.push(`${i} ${option.value}`);
      }
    });
    this.asked ??= chosen.join();
    for (const words of this.querySelectorAll("[data-asof]")) words.hidden = chosen.join() !== this.asked;
    this.write("total", dollars(sum.total));
    this.write("deductible", dollars(Math.max(0, sum.total - sum.fair)));
    this.write("seats", sum.seats);
    [...this.querySelectorAll("[data-guest]")].forEach((guest, i) => {
      guest.hidden = guest.disabled = i >= sum.seats;
    });
  }

  write(name, value) {
    for (const place of this.querySelectorAll(`[data-sum="${name}"]`)) place.textContent = value;
  }
}

const dollars = (cents) =>
  (cents / 100).toLocaleString("en-US", {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: cents % 100 ? 2 : 0,
  });

customElements.define("world-clock", WorldClock);
customElements.define("reveal-countdown", RevealCountdown);
customElements.define("order-sum", OrderSum);

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
