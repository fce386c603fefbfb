// The coder's desk: puts the modules of the form together. Without any of them the form saves by its button.

import { Autosave } from "./entry/autosave.js";
import { applyConditions } from "./entry/conditions.js";
import { isNote, questionOf, settleReasons, showNote } from "./entry/controls.js";
import { showState } from "./entry/state.js";
import { startFilters } from "./entry/filter.js";
import { arrange, startRows } from "./entry/rows.js";
import { startShortcuts } from "./entry/shortcuts.js";
import { startTyping } from "./entry/typing.js";

export default function (form) {
  const autosave = new Autosave(form, {
    onSaved: (state) => {
      const list = form.querySelector("[data-rows-list]");
      if (list) arrange(form, list, state);
      else showState(form, state);
    },
  });
  const refresh = () => applyConditions(form);

  form.addEventListener("input", (event) => {
    const question = questionOf(event.target);
    if (!question || event.target.matches("[data-filter]")) return;
    if (!event.target.matches("[type=radio], [type=checkbox], select")) {
      settleReasons(question, event.target);
      if (isNote(event.target)) showNote(question);
      autosave.note(question, event.target, 800);
    }
  });

  form.addEventListener("change", (event) => {
    const question = questionOf(event.target);
    if (!question || event.target.matches("[data-filter]")) return;
    settleReasons(question, event.target);
    if (isNote(event.target)) showNote(question);
    refresh();
    autosave.note(question, event.target, event.target.matches("[type=checkbox]") ? 400 : 0);
  });

  form.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button || button.value === "save") {
      event.preventDefault();
      autosave.flush(true);
    }
  });

  // Enter in a one-line control goes nowhere: a form that is open for hours must not be sent by accident.
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input:not([type=submit])")) event.preventDefault();
  });

  // What was typed before this module had loaded is not forgotten.
  for (const control of form.querySelectorAll("[data-question] :is(input, textarea, select)")) {
    if (touched(control)) autosave.note(questionOf(control), control, 800);
  }

  startFilters(form);
  startRows(form, autosave);
  startShortcuts(form, autosave);
  startTyping(form);
  refresh();
  document.querySelector(".sections li.current")?.scrollIntoView({ block: "nearest", inline: "center" });
  form.dataset.ready = "";
}

function touched(control) {
  if (control.type === "radio" || control.type === "checkbox") return control.checked !== control.defaultChecked;
  if (control.type === "hidden" || control.matches("[data-filter]")) return false;
  if (control.tagName !== "SELECT") return control.value !== control.defaultValue;
  return [...control.options].some((option, index) => option.selected !== (option.defaultSelected || isFirst(control, index)));
}

// Where no option is selected in the page, the browser selects the first.
function isFirst(select, index) {
  return index === 0 && ![...select.options].some((option) => option.defaultSelected);
}
