// Rows of a group: unfold, add, duplicate, move, delete with undo, without loading the page again.

import { applyConditions } from "./conditions.js";
import { quietGroups, showFilters } from "./filter.js";
import { showState } from "./state.js";

export function startRows(form, autosave) {
  const list = form.querySelector("[data-rows-list]");
  if (!list) return;
  list.addEventListener("toggle", (event) => unfold(form, list, event.target), true);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]");
    if (!button) return;
    event.preventDefault();
    act(form, list, autosave, button.dataset.act, button.dataset.rowId ?? "", button);
  });
}

async function unfold(form, list, card) {
  if (!card.matches?.("[data-row]") || !card.open || card.querySelector(".questions")) return;
  const address = `${form.dataset.rows.split("?")[0]}/${encodeURIComponent(card.dataset.row)}`;
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const state = await answer.json();
    fill(form, card, state.rows.find((row) => row.id === card.dataset.row));
    showState(form, state);
  } catch {
    // The button inside the fold still opens it by loading the page.
  }
}

// The body comes from our own server, drawn and escaped like the page itself.
function fill(form, card, row) {
  if (!row?.html) return;
  const questions = document.createElement("div");
  questions.className = "questions";
  questions.innerHTML = row.html;
  card.querySelector("[data-row-body]").replaceChildren(questions);
  showFilters(questions);
  quietGroups(form);
  applyConditions(form);
}

async function act(form, list, autosave, what, rowId, button) {
  await autosave.flush(true);
  if (autosave.unsaved.size && autosave.stopped) return;
  button.disabled = true;
  try {
    const body = { act: what, row: rowId, base_revision: autosave.revision };
    const answer = await autosave.post(form.dataset.rows, body);
    const said = await answer.json();
    if (!answer.ok) {
      autosave.tell((said.problems ?? []).map((one) => `${one.message} ${one.remedy}`).join(" "));
      return;
    }
    autosave.tell("");
    autosave.catchUp(said);
    autosave.savedAt(said.saved_at);
    arrange(form, list, said);
    after(form, list, autosave, what, said.row);
  } catch {
    autosave.tell("This could not be done just now. Try again.");
  } finally {
    button.disabled = false;
  }
}

// Puts the cards in the server's order; those that are gone leave, new ones come folded or drawn.
export function arrange(form, list, state) {
  const cards = new Map([...list.querySelectorAll("[data-row]")].map((card) => [card.dataset.row, card]));
  const kept = new Set(state.rows.map((row) => row.id));
  for (const [id, card] of cards) if (!kept.has(id)) card.remove();
  state.rows.forEach((row, index) => {
    const card = cards.get(row.id) ?? made(form, list, row);
    if (!card) return;
    const before = list.querySelectorAll("[data-row]")[index];
    if (before !== card) list.insertBefore(card, before ?? null);
    card.querySelector("[data-row-number]").textContent = String(index + 1);
  });
  form.querySelector("[data-no-rows]").hidden = state.rows.length > 0;
  showState(form, state);
}

// A new card is the page's own template, filled with the row that the server drew.
function made(form, list, row) {
  const template = form.querySelector("template[data-row-template]");
  const card = template.content.firstElementChild.cloneNode(true);
  card.id = `row-${row.id}`;
  card.dataset.row = row.id;
  for (const button of card.querySelectorAll("[data-act]")) {
    button.dataset.rowId = row.id;
    button.value = `${button.dataset.act}:${row.id}`;
  }
  list.append(card);
  fill(form, card, row);
  return card;
}

function after(form, list, autosave, what, rowId) {
  const card = list.querySelector(`[data-row="${CSS.escape(rowId)}"]`);
  if (what === "delete") return offerUndo(form, list, autosave, rowId);
  if (!card) return undefined;
  if (what === "add" || what === "duplicate" || what === "restore") {
    card.open = true;
    card.querySelector(".question-body :is(input:not([type=hidden]), select, textarea)")?.focus();
  } else {
    card.querySelector(`[data-act="${what}"]`)?.focus();
  }
  card.scrollIntoView({ block: "nearest" });
  return undefined;
}

function offerUndo(form, list, autosave, rowId) {
  for (const one of list.querySelectorAll(".undo")) one.remove();
  const line = document.createElement("p");
  line.className = "undo";
  line.setAttribute("role", "status");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-outline-secondary btn-small";
  button.textContent = "Undo";
  button.addEventListener("click", async (event) => {
    event.stopPropagation();
    await act(form, list, autosave, "restore", rowId, button);
    line.remove();
  });
  line.append("Deleted. ", button);
  list.append(line);
  button.focus();
}
