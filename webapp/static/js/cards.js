// A page of cards (data-item), one of which has the focus: j and k go to the next and the previous one.

const STEPS = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 };

export function cardsOf(element) {
  const all = () => [...element.querySelectorAll("[data-item]")].filter((card) => card.offsetParent);
  const current = () => document.activeElement.closest("[data-item]");
  return { all, current };
}

export function goTo(card) {
  card.scrollIntoView({ block: "center" });
  card.focus({ preventScroll: true });
}

export function step(cards, by) {
  const all = cards.all();
  const at = all.indexOf(cards.current());
  const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + by))];
  if (next) goTo(next);
  return next;
}

export function bindSteps(element, cards) {
  document.addEventListener("keydown", (event) => {
    const by = STEPS[event.key];
    if (!by || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select")) return;
    if (element.querySelector("dialog[open]")) return;
    if (event.target.matches("input") && event.key.startsWith("Arrow")) return; // moves between radio buttons
    if (step(cards, by)) event.preventDefault();
  });
}
