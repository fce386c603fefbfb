// Settling a section on one page: the keys choose on the card at hand, and a choice leads on to the next card.
// Typing another value chooses it, and choosing it opens its control.

import { bindSteps, cardsOf, step } from "./cards.js";
import pageKeys from "./page-keys.js";

export default function settling(element) {
  const cards = cardsOf(element);
  pageKeys(element, { within: () => cards.current() || element, choose: (radio) => choose(cards, radio) });
  bindSteps(element, cards);
  for (const card of element.querySelectorAll("[data-item]")) bindOther(card);
  if (!document.querySelector(".error-summary")) {
    (cards.all()[0] || element.querySelector("[data-start]"))?.focus({ preventScroll: true });
  }
}

function choose(cards, radio) {
  radio.checked = true;
  const fold = radio.value === "other" && radio.closest("[data-item]").querySelector("[data-other]");
  if (!fold) {
    step(cards, 1);
    return;
  }
  fold.open = true;
  const control = fold.querySelector("input:not([type=hidden]), textarea, select");
  control.scrollIntoView({ block: "nearest" });
  control.focus({ preventScroll: true });
}

function bindOther(card) {
  const other = card.querySelector("[data-choice][value=other]");
  card.querySelector("[data-other]")?.addEventListener("input", () => {
    other.checked = true;
  });
}
