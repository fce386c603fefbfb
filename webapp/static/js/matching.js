// Matching rows by keyboard: the keys act on the card at hand. After an act the next card that asks for a look takes the
// focus; at first it is the first one.

import { bindSteps, cardsOf } from "./cards.js";
import pageKeys from "./page-keys.js";

export default function matching(element) {
  const cards = cardsOf(element);
  pageKeys(element, { within: () => cards.current() || element });
  bindSteps(element, cards);
  if (!document.querySelector(".error-summary")) begin(element, cards.all());
}

function begin(element, cards) {
  const named = document.getElementById(location.hash.slice(1));
  const card = named?.matches("[data-item]") ? named : cards[0];
  const fold = card?.closest("details");
  if (fold) fold.open = true;
  (card || element.querySelector("[data-start]"))?.focus({ preventScroll: !location.hash });
}
