// Typing chooses: in a row of buttons the first letters of an answer, or its number, select it; among boxes they go to it, and the
// space bar ticks. On a folded list typing opens its filter, where Enter ticks the first that is shown.

const PAUSE = 1000;

export function startTyping(form) {
  let typed = "";
  let at = 0;
  let where = null;
  form.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.isComposing) return;
    if (event.key === "Enter" && event.target.matches("[data-filter]")) return tickFirst(event);
    if (event.key === " ") typed = ""; // what was typed has led to its box: the next letters are a word of their own
    if (event.key.length !== 1 || event.key === " " || event.key === "?") return undefined;
    if (event.target.matches("[data-ticks] > summary")) return openFilter(event);
    if (!event.target.matches("[data-question] :is([type=radio], [type=checkbox])")) return undefined;
    const question = event.target.closest("[data-question]");
    const goesOn = event.timeStamp - at < PAUSE && question === where;
    typed = goesOn ? typed + event.key.toLowerCase() : event.key.toLowerCase();
    at = event.timeStamp;
    where = question;
    const found = wanted(question, event.target.type, typed) ?? wanted(question, event.target.type, event.key.toLowerCase());
    if (found) choose(event, found);
    return undefined;
  });
}

function wanted(question, type, text) {
  const all = [...question.querySelectorAll(`:is(.pick:not(.pick-clear), .tick:not([hidden])) input[type=${type}]`)];
  return all.find((one) => one.dataset.code === text) ?? all.find((one) => letters(one).startsWith(text));
}

function letters(control) {
  return control.labels[0].textContent.toLowerCase().replace(/\s+/g, "");
}

function choose(event, control) {
  event.preventDefault();
  control.focus();
  if (control.type !== "radio" || control.checked) return;
  control.checked = true;
  control.dispatchEvent(new Event("change", { bubbles: true }));
}

function openFilter(event) {
  event.preventDefault();
  const list = event.target.parentElement;
  const box = list.querySelector("[data-filter]");
  list.open = true;
  box.focus();
  box.value = event.key;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

// The text stays selected, so that the next word takes its place.
function tickFirst(event) {
  const box = event.target;
  const first = box.value.trim() && box.closest("[data-ticks]").querySelector(".tick-group:not([hidden]) .tick:not([hidden]) input");
  if (!first) return;
  first.checked = !first.checked;
  first.dispatchEvent(new Event("change", { bubbles: true }));
  box.select();
}
