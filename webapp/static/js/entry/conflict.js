// Two windows changed the same field: both values, and the choice between them.

import { setEvidence, setNote, setValue } from "./controls.js";

export function showConflict(question, conflict, choose) {
  question.querySelector(".conflict")?.remove();
  const box = document.createElement("div");
  box.className = "conflict";
  box.setAttribute("role", "alert");
  const gone = conflict.what === "delete_row";
  const lead = document.createElement("p");
  lead.textContent = gone
    ? "This row was deleted in another window. Your text is not saved."
    : "This field was changed in another window. Which of the two is right?";
  box.append(lead);
  if (!gone) {
    box.append(values(conflict), button("Keep mine", () => done(true)), button("Take the other", () => done(false)));
  }
  question.querySelector(".question-body").append(box);

  function done(keepMine) {
    const take = { evidence: setEvidence, note: setNote }[conflict.what] ?? setValue;
    if (!keepMine) take(question, conflict.theirs_value);
    box.remove();
    choose(keepMine);
  }
}

function values({ mine, theirs }) {
  const list = document.createElement("dl");
  for (const [term, text] of [["Yours", mine], ["In the other window", theirs]]) {
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = term;
    dd.textContent = text || "(blank)";
    list.append(dt, dd);
  }
  return list;
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "btn btn-outline-secondary btn-small";
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}
