/* The door on a phone: the camera, and a network that comes and goes. Without this file, everything
   works by typing. It decides nothing itself: it shows the server's answer.

   Each act carries this phone's own number. What could not be sent is kept, in order, and sent again
   until it is answered; sending twice changes nothing. The page also opens without a network: a
   service worker then shows one without guests (events/door/views_offline.py). */

const work = document.querySelector("[data-door]");
const home = work.querySelector("[data-door-home]");
const result = work.querySelector("[data-door-result]");
const isOffline = work.dataset.door === "offline"; // the worker's page, which knows no guests
const LINK = /^\/door\/[^/]+\//.exec(location.pathname)[0];
const PATIENCE = 8_000; // milliseconds for an answer, before the printed list decides
const SEND_AGAIN = 12_000; // milliseconds between attempts while something waits
const COUNT_AGAIN = 20_000; // milliseconds between refreshes of the counts
const SAME_SQUARE = 4_000; // milliseconds in which the same QR code counts as one scan
const LOOK = 200; // milliseconds between camera pictures
const WIDEST = 960; // pixels of the camera picture: a QR code needs no more
const A_CODE = /^(NSCA:)?[A-Z0-9]{4}[\s–-]?[A-Z0-9]{4}$/i;

// --- What this phone remembers -------------------------------------------------------------------

const key = (name) => `nsca-door-${LINK}-${name}`;
const kept = (name, otherwise) => {
  try {
    return JSON.parse(localStorage.getItem(key(name))) ?? otherwise;
  } catch {
    return otherwise; // a private window that stores nothing
  }
};
const keep = (name, value) => {
  try {
    localStorage.setItem(key(name), JSON.stringify(value));
  } catch {
    memory[name] = value;
  }
};
const memory = {};
const remembered = (name, otherwise) => memory[name] ?? kept(name, otherwise);
const waiting = () => remembered("waiting", []);

/* The numbers of an act of `count` tickets: the first; the rest follow. */
function number(count = 1) {
  const next = Math.max(Number(work.dataset.next) || 1, remembered("next", 1));
  keep("next", next + count);
  return next;
}

function learnNext(next) {
  if (next > remembered("next", 1)) keep("next", next);
}

// --- Sending -------------------------------------------------------------------------------------

class NoNetwork extends Error {}

/* The server's answer as part of a page. Raises NoNetwork where there is none worth showing. */
async function send(url, fields) {
  let response;
  try {
    response = await fetch(url, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { "X-Door": "part" },
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    throw new NoNetwork();
  }
  if (response.status >= 500) throw new NoNetwork();
  return response;
}

function fieldsOf(form) {
  const fields = [...new FormData(form)].filter(([name]) => name !== "number");
  const tickets = fields.filter(([name]) => name === "ticket").length;
  return [...fields, ["number", number(Math.max(1, tickets))]];
}

const typed = (fields) => fields.find(([name]) => name === "text")?.[1].trim();
const canWait = (fields) => typed(fields) === undefined || A_CODE.test(typed(fields));

async function act(url, fields) {
  work.setAttribute("aria-busy", "true");
  const readAt = new Date().toISOString();
  try {
    if (waiting().length && !(await flush())) throw new NoNetwork();
    await show(await send(url, fields));
  } catch (error) {
    if (!(error instanceof NoNetwork)) throw error;
    if (canWait(fields)) {
      keep("waiting", [...waiting(), { url, fields: [...fields, ["read_at", readAt]] }]);
      showTemplate("[data-door-noted]");
    } else {
      showTemplate("[data-door-nothing]");
    }
  } finally {
    work.removeAttribute("aria-busy");
    sayWhatWaits();
  }
}

/* Send what waits, oldest first; true if nothing waits anymore. */
let flushing = null;
const flush = () => (flushing ??= flushAll().finally(() => (flushing = null)));

async function flushAll() {
  while (waiting().length) {
    const [first] = waiting();
    let response;
    try {
      response = await send(first.url, first.fields);
    } catch {
      return false;
    }
    if (response.status === 429) return false;
    keep("waiting", waiting().slice(1));
    tellLate(first, response, parsed(await response.text()));
    sayWhatWaits();
  }
  return true;
}

/* Report a scan sent late that was not valid, or a closed link: somebody should know. */
function tellLate(sent, response, part) {
  const verdict = part.querySelector("[data-tone]");
  if (response.ok && (!verdict || verdict.dataset.tone === "green")) return;
  const late = work.querySelector("[data-door-late]");
  const codes = sent.fields.filter(([name]) => name === "ticket" || name === "text");
  const line = document.createElement("p");
  const word = response.ok ? verdict.dataset.title : "this link is no longer valid";
  line.textContent = `Sent late: ${codes.map(([, code]) => code).join(", ")}: ${word}.`;
  late.append(line);
  late.hidden = false;
}

function sayWhatWaits() {
  const count = waiting().length;
  const words = work.querySelector("[data-door-waits]");
  work.toggleAttribute("data-waits", count > 0);
  work.querySelector("[data-door-net]").hidden = count > 0;
  words.hidden = count === 0;
  words.textContent = `No network: ${count} ${count === 1 ? "scan is" : "scans are"} waiting on this phone.`;
}

// --- Showing -------------------------------------------------------------------------------------

const parsed = (html) => new DOMParser().parseFromString(html, "text/html");

async function show(response) {
  if (!response.ok && response.status !== 422) {
    location.reload(); // the link is closed, or too much was asked: the page itself says it
    return;
  }
  const part = parsed(await response.text()).body;
  const verdict = part.querySelector("[data-next]");
  if (verdict) learnNext(Number(verdict.dataset.next));
  showNodes(...part.childNodes);
  shake(part.querySelector("[data-tone]")?.dataset.tone ?? verdict?.dataset.tone);
  count();
}

const showTemplate = (selector) => showNodes(work.querySelector(selector).content.cloneNode(true));

function showNodes(...nodes) {
  result.replaceChildren(...nodes);
  result.hidden = false;
  home.hidden = true;
  result.querySelector("h1")?.focus();
  scrollTo(0, 0);
}

function goOn() {
  result.hidden = true;
  result.replaceChildren();
  home.hidden = false;
  const text = home.querySelector("#text");
  text.value = "";
  if (!stream) text.focus();
  comeBack();
}

const shake = (tone) => navigator.vibrate?.({ green: 60, amber: [80, 80, 80], red: [200, 100, 200] }[tone] ?? 0);

async function count() {
  if (isOffline) return;
  try {
    const response = await fetch(`${LINK}counts/`, { signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) return;
    document.querySelector("[data-door-count]").replaceChildren(...parsed(await response.text()).body.childNodes);
  } catch {
    // the counts are old for a while; nothing else depends on them
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-door-form]");
  if (!form) return;
  event.preventDefault();
  act(form.action, fieldsOf(form));
});

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-door-next]")) return;
  event.preventDefault();
  goOn();
});

// --- The camera ----------------------------------------------------------------------------------

const finder = work.querySelector("[data-door-finder]");
let stream = null;
let last = { value: "", at: 0 };

/* The browser's own QR code reader where it has one; else ours, fetched when needed. */
async function makeDetector() {
  const formats = await globalThis.BarcodeDetector?.getSupportedFormats().catch(() => []);
  const Detector = formats?.includes("qr_code")
    ? globalThis.BarcodeDetector
    : (await import(work.dataset.decoder)).BarcodeDetector;
  return new Detector({ formats: ["qr_code"] });
}

async function scan() {
  const words = work.querySelector("[data-door-camera-words]");
  finder.hidden = false;
  try {
    stream = await navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: "environment" } });
    const video = finder.querySelector("video");
    video.srcObject = stream;
    await video.play();
    navigator.wakeLock?.request("screen").catch(() => {});
    offerLight(stream.getVideoTracks()[0]);
    work.querySelector("[data-door-scan]").hidden = true;
    await watch(video, await makeDetector());
  } catch {
    stop();
    finder.hidden = false;
    words.textContent = "The camera won’t open. Allow it in your browser’s settings, or type the code.";
  }
}

/* Reads the picture until the camera is stopped, but not while an answer is on the screen. */
async function watch(video, detector) {
  const canvas = document.createElement("canvas");
  const drawing = canvas.getContext("2d", { willReadFrequently: true });
  while (stream) {
    if (!home.hidden && video.videoWidth) {
      const share = Math.min(1, WIDEST / Math.max(video.videoWidth, video.videoHeight));
      canvas.width = Math.round(video.videoWidth * share);
      canvas.height = Math.round(video.videoHeight * share);
      drawing.drawImage(video, 0, 0, canvas.width, canvas.height);
      const [found] = await detector.detect(canvas).catch(() => []);
      if (found && isNew(found.rawValue)) await readSquare(found.rawValue);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK));
  }
}

function isNew(value) {
  const now = Date.now();
  const again = value === last.value && now - last.at < SAME_SQUARE;
  last = { value, at: now };
  return !again;
}

async function readSquare(value) {
  const form = home.querySelector("[data-door-form]");
  await act(form.action, [["text", value], ["number", number()]]);
  last.at = Date.now();
}

function offerLight(track) {
  const light = work.querySelector("[data-door-light]");
  if (!track.getCapabilities?.().torch) return;
  light.hidden = false;
  let on = false;
  light.onclick = () => track.applyConstraints({ advanced: [{ torch: (on = !on) }] }).catch(() => {});
}

function stop() {
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  finder.hidden = true;
  work.querySelector("[data-door-scan]").hidden = false;
  work.querySelector("[data-door-light]").hidden = true;
}

if (navigator.mediaDevices?.getUserMedia) {
  work.querySelector("[data-door-camera]").hidden = false;
  work.querySelector("[data-door-scan]").addEventListener("click", scan);
  // A phone in the pocket needs no camera.
  document.addEventListener("visibilitychange", () => document.hidden && stream && stop());
}

// --- From now on ---------------------------------------------------------------------------------

const sendWaiting = async () => {
  if (!waiting().length) return;
  await flush();
  sayWhatWaits();
  count();
};
const tryAgain = () => sendWaiting().then(comeBack);

/* Go from the offline page to the real one once the server answers, unless somebody is about to
   type, read or scan. */
async function comeBack() {
  const isBusy = () =>
    home.hidden || home.querySelector("#text").value || stream || waiting().length ||
    !work.querySelector("[data-door-late]").hidden;
  if (!isOffline || isBusy()) return;
  try {
    const response = await fetch(`${LINK}counts/`, { method: "HEAD", signal: AbortSignal.timeout(PATIENCE) });
    if (response.status < 500 && response.status !== 404 && !isBusy()) location.replace(LINK);
  } catch {
    // still without one
  }
}

const form = home.querySelector("[data-door-form]");
if (isOffline) form.action = `${LINK}read/`;
learnNext(Number(work.dataset.next) || 1);
if (work.dataset.worker && navigator.serviceWorker) {
  // Where it can't be installed (a private window), the open page still works as before.
  navigator.serviceWorker.register(work.dataset.worker).catch(() => {});
  navigator.serviceWorker.ready.then(() => (work.querySelector("[data-door-ready]").hidden = false));
}
addEventListener("online", tryAgain);
setInterval(tryAgain, SEND_AGAIN);
setInterval(() => document.hidden || count(), COUNT_AGAIN);
sayWhatWaits();
sendWaiting();
