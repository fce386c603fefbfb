// Settling differences by keyboard. The heading of the question takes the focus, so that reading starts there,
// unless the page begins with a problem.

import pageKeys from "./page-keys.js";

export default function resolving(element) {
  pageKeys(element);
  if (!document.querySelector(".error-summary")) {
    element.querySelector("[data-start]")?.focus({ preventScroll: true });
  }
  showCurrent(element.querySelector(".resolving-list"));
  keepOne(element, "value");
}

// Scrolls the list alone, never the page.
function showCurrent(list) {
  const current = list?.querySelector("[aria-current]");
  if (current && current.offsetTop + current.offsetHeight > list.clientHeight) {
    list.scrollTop = current.offsetTop - list.clientHeight / 3;
  }
}

// Typing an answer takes back a reason why there is none, and the other way round.
function keepOne(element, name) {
  const answer = element.querySelector(`[id="${name}"]`);
  const reasons = [...element.querySelectorAll(`input[name="${name}:missing"]`)];
  if (!answer || !reasons.length) return;
  const none = reasons.find((one) => one.value === "");
  answer.addEventListener("input", () => {
    none.checked = true;
  });
  for (const reason of reasons) {
    reason.addEventListener("change", () => {
      if (reason.value) clear(answer);
    });
  }
}

function clear(answer) {
  if (answer.matches("fieldset")) {
    for (const box of answer.querySelectorAll("input[type=checkbox]")) box.checked = false;
  } else answer.value = "";
}
