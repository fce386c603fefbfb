// Single keys for what buttons and links do: the element that carries data-key="a" is pressed by "a".
// A control takes the focus instead; a fold opens and its first item or control takes it. Never inside text boxes.
// A key means the item at hand first; it never means an item elsewhere on the page.

const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";

export default function pageKeys(element, { within = () => element, choose = (radio) => radio.click() } = {}) {
  const dialog = element.querySelector("[data-keys-dialog]");
  for (const button of element.ownerDocument.querySelectorAll("[data-key='?']")) {
    button.hidden = !dialog;
    button.addEventListener("click", () => toggle(dialog));
  }
  dialog?.querySelector("[data-close]").addEventListener("click", () => dialog.close());

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const typing = event.target.matches?.(TYPING);
    if (event.key === "Escape" && typing) {
      (within().querySelector("[data-start]") || event.target.closest("[data-item]"))?.focus();
      return;
    }
    if (typing || (dialog?.open && event.key !== "?")) return;
    if (event.key === "?") {
      toggle(dialog);
      event.preventDefault();
      return;
    }
    const own = within();
    const target = (own !== element && find(own, event.key)) || find(element, event.key, outsideItems);
    if (!target) return;
    event.preventDefault();
    if (target.matches("[type=radio]")) choose(target);
    else press(target);
  });
}

function find(root, key, fits = () => true) {
  const keyed = [...root.querySelectorAll("[data-key]")].filter(fits);
  return keyed.find((one) => one.dataset.key.split(" ").includes(key));
}

function outsideItems(one) {
  return !one.closest("[data-item]");
}

function toggle(dialog) {
  if (!dialog) return;
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

function press(target) {
  if (target.matches("summary")) return unfold(target.parentElement);
  if (target.matches("input, textarea, select")) return focus(target);
  target.click();
}

function unfold(fold) {
  fold.open = !fold.open;
  const inside = "[data-item], input:not([type=hidden]), textarea, select";
  const first = fold.open && fold.querySelector(inside);
  focus(first || fold.querySelector("summary"));
}

function focus(control) {
  control.scrollIntoView({ block: "nearest" });
  control.focus({ preventScroll: true });
}
