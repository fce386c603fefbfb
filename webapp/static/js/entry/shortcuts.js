// Keys for people who spend their day here. The list is shown by "?"; every act is on the page as well.
// Letters that open menus of browsers (F, E, V, S, B, T, D) are left alone.

import { takeBack } from "./undo.js";

export function startShortcuts(form, autosave) {
  const dialog = document.querySelector("[data-keys-dialog]");
  const opener = form.querySelector("[data-keys]");
  if (opener && dialog) {
    opener.hidden = false;
    opener.addEventListener("click", () => dialog.showModal());
    dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
  }

  document.addEventListener("keydown", (event) => {
    const done = event.altKey && !event.ctrlKey && !event.metaKey ? withAlt(event) : others(event);
    if (done) event.preventDefault();
  });

  function withAlt(event) {
    if (/^Digit[1-6]$/.test(event.code)) return reason(Number(event.code.slice(5)) - 1);
    switch (event.code) {
      case "PageDown":
        return event.shiftKey ? toRow(1) : go("next");
      case "PageUp":
        return event.shiftKey ? toRow(-1) : go("prev");
      case "Period":
        return toQuestion(1);
      case "Comma":
        return toQuestion(-1);
      case "KeyH":
        return event.shiftKey ? lookUp() : toggle("[data-guidance]");
      case "KeyQ":
        return toggle("[data-evidence]", true);
      case "KeyK":
        return event.shiftKey ? toFlagged() : flag();
      case "KeyM":
        return memo();
      case "KeyL":
        return press(document.querySelector("[data-notes-link]"));
      case "KeyZ":
        takeBack(form, autosave);
        return true;
      case "KeyN":
        return event.shiftKey ? duplicate() : press(form.querySelector('[data-act="add"]'));
      case "KeyJ":
        return fold();
      default:
        return false;
    }
  }

  function others(event) {
    if (event.key === "F1") return toggle("[data-guidance]");
    if (event.key === "s" && (event.ctrlKey || event.metaKey)) {
      autosave.flush(true);
      return true;
    }
    const typing = event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select");
    if (event.key === "?" && !typing && dialog && !dialog.open) {
      dialog.showModal();
      return true;
    }
    return false;
  }

  function here() {
    return document.activeElement?.closest("[data-question]");
  }

  // In a tab of its own, so that the place in the form is kept. The guide knows questions, not rows.
  function lookUp() {
    const path = here()?.dataset.question.split(".");
    if (!path) return false;
    window.open(`${form.dataset.guide}#question-${path[0]}.${path.at(-1)}`, "_blank", "noopener");
    return true;
  }

  function go(direction) {
    return press(form.querySelector(`a[rel="${direction}"]`));
  }

  // Past questions that do not apply, that lie in a folded row, or that are never typed. From the head of a row into that row.
  function toQuestion(by) {
    const all = [...form.querySelectorAll('[data-question]:not([data-control="output"])')].filter((one) => one.checkVisibility());
    const first = here() ? null : all.find((one) => row()?.contains(one));
    return focusOn(first && by > 0 ? first : beside(all, first ?? here(), by));
  }

  function focusOn(question) {
    const control =
      question?.querySelector(".buttons input:checked, [data-ticks] > summary") ??
      question?.querySelector(".question-body :is(input:not([type=hidden]), select, textarea)");
    control?.focus();
    return Boolean(control);
  }

  function flag() {
    return press(here()?.querySelector('[data-own-note] input[type="checkbox"]'));
  }

  // Whatever holds one may be folded: a row is unfolded first.
  function toFlagged() {
    const all = [...form.querySelectorAll(".own-flagged")].map((one) => one.closest("[data-question]"));
    const current = here();
    const next = all.find((one) => current?.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING) ?? all[0];
    if (!next) return false;
    const card = next.closest("[data-row]");
    if (card) card.open = true;
    focusOn(next);
    return true;
  }

  function memo() {
    const question = here();
    const fold = question?.querySelector("[data-own-note]");
    if (!fold) return false;
    fold.open = !fold.open;
    if (fold.open) fold.querySelector("textarea").focus();
    else focusOn(question);
    return true;
  }

  function toRow(by) {
    const card = beside([...form.querySelectorAll("[data-row]")], row(), by);
    if (!card) return false;
    card.open = true;
    card.querySelector("summary").focus();
    return true;
  }

  // The one after or before; from nowhere the first or the last.
  function beside(all, current, by) {
    return current ? all[all.indexOf(current) + by] : all.at(by > 0 ? 0 : -1);
  }

  function row() {
    return document.activeElement?.closest("[data-row]");
  }

  function duplicate() {
    return press(row()?.querySelector('[data-act="duplicate"]'));
  }

  function press(element) {
    element?.click();
    return Boolean(element);
  }

  function toggle(selector, enter = false) {
    const fold = here()?.querySelector(selector);
    if (!fold) return false;
    fold.open = !fold.open;
    if (enter && fold.open) fold.querySelector("input, textarea")?.focus();
    return true;
  }

  function fold() {
    const card = row();
    if (!card) return false;
    card.open = !card.open;
    card.querySelector("summary").focus();
    return true;
  }

  function reason(index) {
    const question = here();
    const picked = question?.querySelectorAll("[data-reason]")[index];
    if (!picked) return false;
    const target = picked.checked ? question.querySelector(".pick-clear input") : picked;
    target.checked = true;
    target.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  }
}
