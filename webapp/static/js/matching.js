// Matching rows by keyboard: j and k go from pair to pair; the other keys act on the pair at hand.

import pageKeys from "./page-keys.js";

export default function matching(element) {
  const items = () => [...element.querySelectorAll("[data-item]")].filter((item) => item.offsetParent);
  const current = () => document.activeElement.closest("[data-item]") || items()[0] || element;
  pageKeys(element, { within: current });
  document.addEventListener("keydown", (event) => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (!step || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches("input, textarea, select") || element.querySelector("dialog[open]")) return;
    const all = items();
    const at = all.indexOf(document.activeElement.closest("[data-item]"));
    const next = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + step))];
    if (!next) return;
    event.preventDefault();
    next.scrollIntoView({ block: "center" });
    next.focus({ preventScroll: true });
  });
}
