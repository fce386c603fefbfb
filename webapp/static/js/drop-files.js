// Files can be dropped onto an upload form, and each shows how far it is. Without this module the form sends them by its button.
// With data-each every file is sent by itself, so that many large ones never make one request too large.

export default function dropFiles(form) {
  const input = form.querySelector("input[type=file]");
  const place = input.closest(".field");
  const button = form.querySelector("[type=submit]");
  const list = document.createElement("ul");
  list.className = "drop-list";
  list.setAttribute("role", "status");
  const words = document.createElement("p");
  words.className = "hint";
  words.textContent = input.multiple ? "Or drop the files here." : "Or drop the file here.";
  place.classList.add("drop-place");
  place.append(words, list);

  for (const name of ["dragenter", "dragover"]) {
    place.addEventListener(name, (event) => {
      event.preventDefault();
      place.classList.add("drop-over");
    });
  }
  place.addEventListener("dragleave", () => place.classList.remove("drop-over"));
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("drop-over");
    if (!event.dataTransfer.files.length) return;
    if (event.dataTransfer.files.length > 1 && !input.multiple) {
      list.replaceChildren(told("Drop one file here, or attach many at once."));
      return;
    }
    list.replaceChildren();
    input.files = event.dataTransfer.files;
    words.textContent = [...input.files].map((one) => one.name).join(", ");
  });

  form.addEventListener("submit", async (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    button.disabled = true;
    list.replaceChildren();
    let wrong = 0;
    const files = [...input.files];
    for (const file of files) wrong += (await send(form, input, file, line(list, file))) ? 0 : 1;
    button.disabled = false;
    if (!wrong) window.location.assign(window.location.pathname);
    else if (wrong < files.length) list.append(again());
  });
}

function line(list, file) {
  const made = document.createElement("li");
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  const said = document.createElement("span");
  said.textContent = ` ${file.name}`;
  made.append(bar, said);
  list.append(made);
  return { made, bar, said };
}

function told(text) {
  const made = document.createElement("li");
  made.textContent = text;
  return made;
}

function again() {
  const made = document.createElement("li");
  const link = document.createElement("a");
  link.href = window.location.pathname;
  link.textContent = "Go on with the files that were taken";
  made.append(link);
  return made;
}

// XMLHttpRequest, because fetch does not say how much of a body has been sent.
function send(form, input, file, { made, bar, said }) {
  return new Promise((resolve) => {
    const body = new FormData(form);
    body.delete(input.name);
    body.append(input.name, file);
    const request = new XMLHttpRequest();
    const end = (problem) => {
      bar.value = 1;
      said.textContent = problem ? ` ${file.name}: ${problem}` : ` ${file.name}: uploaded`;
      made.classList.toggle("drop-wrong", Boolean(problem));
      resolve(!problem);
    };
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) bar.value = event.loaded / event.total;
    });
    request.addEventListener("load", () => end(request.status < 400 ? "" : problemIn(request)));
    request.addEventListener("error", () => end("the connection was lost. Try again."));
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.send(body);
  });
}

function problemIn(request) {
  try {
    const { problems, title } = JSON.parse(request.responseText);
    return problems.map((one) => `${one.message} ${one.remedy}`).join(" ") || title;
  } catch {
    return request.status === 413 ? "it is too large." : "it was not taken. Try again.";
  }
}
