// Long lists of boxes: a filter, and what is ticked shown in the fold's own line. Groups follow their parent question.

import { pathOf } from "./controls.js";

export function startFilters(root) {
  showFilters(root);
  root.addEventListener("input", (event) => {
    if (event.target.matches("[data-filter]")) filter(event.target);
  });
  root.addEventListener("change", (event) => redraw(root, event.target));
  root.addEventListener("redrawn", (event) => redraw(root, event.target));
  quietGroups(root);
}

// Also for rows that are unfolded later.
export function showFilters(root) {
  for (const one of root.querySelectorAll(".filter")) one.hidden = false;
}

function redraw(root, target) {
  const question = target.closest?.("[data-question]");
  if (!question) return;
  const chips = question.querySelector("[data-chips]");
  if (chips) chips.replaceChildren(...chipsOf(question));
  quietGroups(root);
}

function chipsOf(question) {
  const ticked = [...question.querySelectorAll(".tick input:checked")];
  if (!ticked.length) return [chip("none-ticked", "Choose …")];
  return ticked.map((one) => chip("chip", one.labels[0].textContent));
}

function chip(className, text) {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return made;
}

function filter(box) {
  const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
  const list = box.closest("[data-ticks]");
  let shown = 0;
  for (const group of list.querySelectorAll(".tick-group")) {
    const name = group.querySelector(".tick-group-label")?.textContent.toLowerCase() ?? "";
    let any = false;
    for (const tick of group.querySelectorAll(".tick")) {
      const text = `${name} ${tick.textContent.toLowerCase()}`;
      tick.hidden = !words.every((word) => text.includes(word));
      any ||= !tick.hidden;
      shown += tick.hidden ? 0 : 1;
    }
    group.hidden = !any;
  }
  list.querySelector("[data-filter-count]").textContent = words.length ? `${shown} shown` : "";
}

// Sub-themes whose theme is not ticked step back, but stay in reach.
export function quietGroups(root) {
  for (const list of root.querySelectorAll("[data-parent]")) {
    const question = list.closest("[data-question]");
    const path = pathOf(question);
    const parent = path.slice(0, path.lastIndexOf(".") + 1) + list.dataset.parent;
    const ticked = new Set(
      [...root.querySelectorAll(`[name="${CSS.escape(parent)}"]:checked`)].map((one) => one.value),
    );
    for (const group of list.querySelectorAll(".tick-group")) {
      group.classList.toggle("tick-group-quiet", !ticked.has(group.dataset.group));
    }
  }
}
