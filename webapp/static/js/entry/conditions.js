// The closed vocabulary of conditions, as on the server: a question that does not apply is blank for the next one.
// Only for the moment between typing and saving; what the server says then counts.

import { pathOf, valueOf } from "./controls.js";

const TESTS = {
  equals: (value, operand) => operand.some((one) => same(value, one)),
  in: (value, operand) => operand.some((one) => same(value, one)),
  contains: (value, operand) => Array.isArray(value) && value.includes(operand[0]),
  answered: (value) => value !== null && !isMissing(value),
  missing: (value) => isMissing(value),
  below: (value, operand) => value !== null && !isMissing(value) && Number(value) < operand[0],
  above: (value, operand) => value !== null && !isMissing(value) && Number(value) > operand[0],
};

function isMissing(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value) && "missing" in value;
}

function same(value, operand) {
  if (value === null || typeof value === "object") return false;
  return typeof operand === "number" ? Number(value) === operand : String(value).trim() === operand;
}

export function holds(condition, look) {
  if (condition.all) return condition.all.every((part) => holds(part, look));
  if (condition.any) return condition.any.some((part) => holds(part, look));
  if (condition.not) return !holds(condition.not, look);
  return TESTS[condition.test](look(condition.field), condition.operand);
}

export function applyConditions(form) {
  const outside = JSON.parse(form.dataset.outside || "{}");
  for (const question of form.querySelectorAll("[data-condition]")) {
    const path = pathOf(question);
    const base = path.slice(0, path.lastIndexOf(".") + 1);
    const look = (name) => {
      if (name.includes(".") && name in outside) return outside[name];
      const other = form.querySelector(`[data-question="${CSS.escape(name.includes(".") ? name : base + name)}"]`);
      return other && !other.classList.contains("question-off") ? valueOf(other) : null;
    };
    const derived = (name) => {
      const other = form.querySelector(`[data-question="${CSS.escape(base + name)}"]`);
      return other?.dataset.control === "output";
    };
    const condition = JSON.parse(question.dataset.condition);
    if (names(condition).some(derived)) continue;
    question.classList.toggle("question-off", !holds(condition, look));
  }
}

function names(condition) {
  if (condition.not) return names(condition.not);
  if (condition.all || condition.any) return (condition.all ?? condition.any).flatMap(names);
  return [condition.field];
}
