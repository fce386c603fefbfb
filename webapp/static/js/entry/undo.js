// Undoes the last change without loading the page: what stands typed is saved first, so that it is what is undone.

import { questionAt } from "./controls.js";
import { arrange } from "./rows.js";
import { showState } from "./state.js";

export async function takeBack(form, autosave) {
  await autosave.flush(true);
  if (autosave.unsaved.size && !autosave.stopped) await autosave.flush(true);
  if (autosave.unsaved.size) {
    autosave.tell("Nothing was undone: what you typed is not saved yet.");
    return;
  }
  try {
    const answer = await autosave.post(form.dataset.undo, {});
    const said = await answer.json();
    if (answer.ok) show(form, autosave, said);
    else autosave.tell((said.problems ?? []).map((one) => `${one.message} ${one.remedy}`).join(" "));
  } catch {
    autosave.tell("This could not be undone just now. Try again.");
  }
}

function show(form, autosave, said) {
  autosave.catchUp(said);
  autosave.savedAt(said.saved_at);
  const list = form.querySelector("[data-rows-list]");
  if (list) arrange(form, list, said);
  else showState(form, said);
  autosave.tell("Undone: ", ...said.undone.slice(0, 3).flatMap((one, index) => [index ? ", " : "", linked(one)]), ".");
  const question = questionAt(form, said.undone[0]?.path ?? "");
  question?.querySelector(".question-body :is(input:not([type=hidden]), select, textarea)")?.focus();
}

function linked({ label, address }) {
  if (!address) return label;
  const link = document.createElement("a");
  link.href = address;
  link.textContent = label;
  return link;
}
