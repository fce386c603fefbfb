// Binds modules to elements: data-module="menu" loads menu.js and calls its default function with the element.
// Pages work without any of them. Content added later is bound by calling bind() on it.

const NAME = /^[a-z][a-z0-9-]*$/;

async function start(element) {
  for (const name of element.dataset.module.split(/\s+/)) {
    if (!NAME.test(name)) continue;
    try {
      const module = await import(`./${name}.js`);
      module.default(element);
    } catch (error) {
      console.error(`The module ${name} did not start`, error);
    }
  }
}

export function bind(root) {
  const elements = [...root.querySelectorAll("[data-module]")];
  if (root.matches?.("[data-module]")) elements.unshift(root);
  return Promise.all(elements.map(start));
}

document.documentElement.classList.add("with-scripts");
bind(document).then(() => document.dispatchEvent(new Event("modules-bound")));
