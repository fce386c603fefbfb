// Reading and writing a question's controls. A value is what the server reads: a text, a list of codes,
// {missing: code}, or null for blank; evidence is {page, quote}.

export function questionOf(element) {
  return element.closest?.("[data-question]") ?? null;
}

export function pathOf(question) {
  return question.dataset.question;
}

export function questionAt(form, path) {
  return form.querySelector(`[data-question="${CSS.escape(path)}"]`);
}

function named(question, suffix = "") {
  return [...question.querySelectorAll(`[name="${CSS.escape(pathOf(question) + suffix)}"]`)];
}

export function reasonOf(question) {
  return question.querySelector("[data-reason]:checked");
}

export function isNote(element) {
  return /:(flag|memo)$/.test(element.name ?? "");
}

export function isEvidence(element) {
  return /:(page|quote)$/.test(element.name ?? "");
}

export function valueOf(question) {
  const reason = reasonOf(question);
  if (reason) return { missing: reason.value.replace(/^~/, "") };
  const controls = named(question);
  switch (question.dataset.control) {
    case "ticks":
      return ticked(controls);
    case "buttons":
      return controls.find((one) => one.checked)?.value || null;
    case "output":
      return null;
    default:
      return controls[0]?.value.trim() ? controls[0].value : null;
  }
}

function ticked(controls) {
  const codes = controls.filter((one) => one.checked).map((one) => one.value);
  return codes.length ? codes : null;
}

export function evidenceOf(question) {
  const [page] = named(question, ":page");
  const [quote] = named(question, ":quote");
  return { page: page?.value ?? "", quote: quote?.value ?? "" };
}

export function noteOf(question) {
  const [flag] = named(question, ":flag");
  const [memo] = named(question, ":memo");
  return { flagged: Boolean(flag?.checked), memo: memo?.value ?? "" };
}

export function setNote(question, note) {
  for (const control of named(question, ":flag")) control.checked = Boolean(note?.flagged);
  for (const control of named(question, ":memo")) control.value = note?.memo ?? "";
  showNote(question);
}

// The mark beside the question says what its note holds.
export function showNote(question) {
  const fold = question.querySelector("[data-own-note]");
  if (!fold) return;
  const { flagged, memo } = noteOf(question);
  const noted = memo.trim() !== "";
  fold.classList.toggle("own-flagged", flagged);
  fold.classList.toggle("own-noted", flagged || noted);
  fold.querySelector("[data-own-said]").textContent = `${flagged ? ", come back to this" : ""}${noted ? ", memo" : ""}`;
}

export function setValue(question, value) {
  const code = value && typeof value === "object" && !Array.isArray(value) ? value.missing : null;
  const text = value && typeof value === "object" && "invalid" in value ? value.invalid : value;
  for (const reason of question.querySelectorAll("[data-reason]")) {
    reason.checked = code !== null && reason.value.replace(/^~/, "") === code;
  }
  const clear = question.querySelector(".pick-clear input");
  if (clear) clear.checked = !code && (question.dataset.control !== "buttons" || !text);
  for (const control of named(question)) {
    if (control.matches("[data-reason]") || control === clear) continue;
    if (control.type === "checkbox") control.checked = Array.isArray(text) && text.includes(control.value);
    else if (control.type === "radio") control.checked = control.value === text;
    else control.value = code || text === null || text === undefined ? "" : String(text);
  }
  question.dispatchEvent(new CustomEvent("redrawn", { bubbles: true }));
}

export function setEvidence(question, evidence) {
  for (const part of ["page", "quote"]) {
    for (const control of named(question, `:${part}`)) control.value = evidence?.[part] ?? "";
  }
}

// A reason and an answer exclude one another: whichever was touched last stays.
export function settleReasons(question, touched) {
  if (isEvidence(touched) || isNote(touched) || question.dataset.control === "buttons") return;
  const reason = reasonOf(question);
  if (!reason) return;
  if (touched.matches("[data-reason]")) {
    for (const control of named(question)) {
      if (control.type === "checkbox") control.checked = false;
      else if (control.type !== "hidden") control.value = "";
    }
  } else if (valueWithoutReason(question) !== null) {
    const clear = question.querySelector(".pick-clear input");
    if (clear) clear.checked = true;
  }
  question.dispatchEvent(new CustomEvent("redrawn", { bubbles: true }));
}

function valueWithoutReason(question) {
  const controls = named(question);
  if (question.dataset.control === "ticks") return ticked(controls);
  return controls[0]?.value.trim() ? controls[0].value : null;
}
