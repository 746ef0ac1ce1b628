/* <gift-sum> around the form: says what will be paid, before the server says it. The form needs
   none of this; the fee's sum is membership/giving.py's, and a test holds the two equal. */
const RATE = 290; // of 10,000
const FIXED = 30; // cents

const covering = (cents) => Math.ceil((cents * RATE + FIXED * 10_000) / (10_000 - RATE));
const dollars = (cents) =>
  (cents / 100).toLocaleString("en-US", {
    style: "currency",
    currency: "USD",
    minimumFractionDigits: cents % 100 ? 2 : 0,
  });

/* As nsca/lib/money.py reads it; what is no amount there shows no sum here. "0" is as good as empty. */
const DOLLARS = /^\$? ?(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{1,2}))?$/;
const typedCents = (text) => {
  const [, whole, part = ""] = DOLLARS.exec(text.trim()) ?? [];
  if (!whole) return text.trim() ? Number.NaN : 0;
  return Number(whole.replaceAll(",", "")) * 100 + Number(part.padEnd(2, "0"));
};

class GiftSum extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.addEventListener("input", () => this.add());
    this.add();
  }

  add() {
    const { amount, choice, covers_fee: covers } = this.form.elements;
    const typed = typedCents(amount.value);
    const cents = typed === 0 ? Number(choice.value) : typed;
    const given = this.querySelector("[data-given]");
    given.hidden = !(cents >= 100);
    if (given.hidden) return;
    const fee = covering(cents);
    this.querySelector("[data-fee]").textContent = dollars(fee);
    this.querySelector("[data-sum]").textContent = dollars(cents + (covers.checked ? fee : 0));
    this.querySelector("[data-words]").textContent = covers.checked
      ? `${dollars(cents)}, and ${dollars(fee)} for the card’s fee`
      : "is your gift";
  }
}

customElements.define("gift-sum", GiftSum);
