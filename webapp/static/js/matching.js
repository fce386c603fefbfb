// Matching rows by keyboard: j and k go from card to card; the other keys act on the card at hand. After an act the
// next card that asks for a look takes the focus; at first it is the first one.

import pageKeys from "./page-keys.js";

export default function matching(element) {
  const items = () => [...element.querySelectorAll("[data-item]")].filter((item) => item.offsetParent);
  const current = () => document.activeElement.closest("[data-item]");
  pageKeys(element, { within: () => current() || element });
  if (!document.querySelector(".error-summary")) begin(element, items());
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, textarea, select") || element.querySelector("dialog[open]")) return;
    const all = items();
    const at = all.indexOf(current());
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
    if (!next) return;
    event.preventDefault();
    next.scrollIntoView({ block: "center" });
    next.focus({ preventScroll: true });
  });
}

function begin(element, items) {
  const named = document.getElementById(location.hash.slice(1));
  const card = named?.matches("[data-item]") ? named : items[0];
  const fold = card?.closest("details");
  if (fold) fold.open = true;
  (card || element.querySelector("[data-start]"))?.focus({ preventScroll: !location.hash });
}
