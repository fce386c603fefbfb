// Shows what the server said after a save: problems, what was understood, what applies, how far each section is.

import { applyConditions } from "./conditions.js";
import { pathOf } from "./controls.js";

export function showState(form, state) {
  for (const question of form.querySelectorAll("[data-question]")) showQuestion(question, state);
  for (const row of state.rows) showRow(form, row);
  for (const [key, section] of Object.entries(state.progress)) showProgress(key, section);
  const off = form.querySelector("[data-section-off]");
  off?.classList.toggle("section-applies", state.applies);
  applyConditions(form);
}

function showQuestion(question, state) {
  const path = pathOf(question);
  const problems = state.problems[path] ?? [];
  const box = question.querySelector(".problem");
  const texts = [...box.children].map((one) => one.textContent);
  if (texts.join("\n") !== problems.join("\n")) box.replaceChildren(...problems.map(paragraph));
  question.classList.toggle("question-wrong", problems.length > 0);
  question.classList.toggle("question-off", state.off.includes(path));
  for (const control of question.querySelectorAll(".answer > :is(input.control, select, textarea)")) {
    if (problems.length) control.setAttribute("aria-invalid", "true");
    else control.removeAttribute("aria-invalid");
  }
  showQuote(question.querySelector("[data-quote-note]"), state.quotes[path]);
  const read = question.querySelector(".read-as");
  if (read) read.textContent = state.read_as[path] ? `= ${state.read_as[path]}` : "";
  const follows = question.querySelector("[data-follows]");
  if (follows) follows.textContent = state.follows[path] || "follows from other answers";
}

function paragraph(text) {
  const made = document.createElement("p");
  made.textContent = text;
  return made;
}

// Whether a quotation stands in the report; words that differ are marked as taken out of it or put into it.
function showQuote(box, note) {
  if (!box) return;
  const parts = [];
  if (note) {
    const said = paragraph(note.text);
    said.className = `note-${note.tone}`;
    parts.push(said);
    if (note.marked.length) parts.push(marked(note.marked));
  }
  if (box.textContent !== parts.map((one) => one.textContent).join("")) box.replaceChildren(...parts);
}

function marked(words) {
  const made = document.createElement("p");
  made.className = "note-words";
  for (const { what, text } of words) {
    const tag = { only_quote: "del", only_report: "ins" }[what];
    const part = tag ? document.createElement(tag) : document.createTextNode(text);
    if (tag) part.textContent = text;
    made.append(part, " ");
  }
  return made;
}

function showRow(form, { id, summary, problems, flagged }) {
  const card = form.querySelector(`[data-row="${CSS.escape(id)}"]`);
  if (!card) return;
  card.querySelector("[data-row-summary]").textContent = summary;
  card.querySelector("[data-row-problems]").textContent = problems ? `${problems} to look at` : "";
  showCount(card.querySelector("[data-row-flagged]"), flagged);
}

function showCount(mark, number) {
  if (!mark) return;
  mark.hidden = !number;
  mark.querySelector("[data-count]").textContent = String(number);
}

function showProgress(key, { words, tone, flagged }) {
  showCount(document.querySelector(`[data-section="${CSS.escape(key)}"] [data-flagged]`), flagged);
  const mark = document.querySelector(`[data-section="${CSS.escape(key)}"] [data-mark]`);
  if (!mark) return;
  mark.textContent = words;
  mark.className = `section-mark tone-${tone}`;
}
