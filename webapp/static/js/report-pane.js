// The report beside the form: its width and place are remembered in this browser (nothing else is), keys go there and back,
// and words selected in it go into the question one was in. The pane shows the server's own pages; it works without this module.

const KEPT = "tandem-report-pane";
const NARROWEST = 320;
const STEP = 40;

export default function reportPane(pane) {
  const frame = pane.querySelector("iframe");
  const grip = pane.querySelector("[data-grip]");
  const hide = pane.querySelector("[data-hide]");
  const said = pane.querySelector("[data-said]");
  const desk = pane.closest(".desk");
  const form = desk.querySelector("form[data-module=entry]");
  let control = null;

  form?.addEventListener("focusin", (event) => {
    if (event.target.closest("[data-question]")) control = event.target;
  });

  // Width and whether it is shown
  const kept = read();
  grip.hidden = false;
  hide.hidden = false;
  if (kept.width) wide(kept.width);
  shown(kept.hidden !== true);
  hide.addEventListener("click", () => {
    shown(pane.classList.contains("report-hidden"));
    keep({ hidden: pane.classList.contains("report-hidden") });
  });
  grip.addEventListener("pointerdown", (event) => {
    grip.setPointerCapture(event.pointerId);
    pane.classList.add("report-sizing");
  });
  grip.addEventListener("pointermove", (event) => {
    if (grip.hasPointerCapture(event.pointerId)) wide(pane.getBoundingClientRect().right - event.clientX);
  });
  grip.addEventListener("pointerup", () => {
    pane.classList.remove("report-sizing");
    keep({ width: pane.offsetWidth });
  });
  grip.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: STEP, ArrowRight: -STEP }[event.key];
    if (!step) return;
    event.preventDefault();
    wide(pane.offsetWidth + step);
    keep({ width: pane.offsetWidth });
  });

  function wide(pixels) {
    const most = Math.max(NARROWEST, desk.offsetWidth * 0.6);
    const width = Math.round(Math.min(Math.max(pixels, NARROWEST), most));
    desk.style.setProperty("--report-width", `${width}px`);
    grip.setAttribute("aria-valuenow", String(width));
  }

  function shown(yes) {
    pane.classList.toggle("report-hidden", !yes);
    hide.textContent = yes ? "Hide" : "Show the report";
    hide.setAttribute("aria-expanded", String(yes));
  }

  // The page that was open stays open from one section to the next, in this tab
  const place = sessionPlace();
  if (place && new URL(place, window.location).pathname === new URL(frame.src).pathname) frame.src = place;
  frame.addEventListener("load", () => {
    const inside = frame.contentWindow;
    try {
      inside.document.addEventListener("keydown", keys);
      // The place in the file, and not what was looked for.
      const at = inside.document.querySelector("[data-page-number]")?.dataset.pageNumber;
      if (at) sessionStorage.setItem(KEPT, `${inside.location.pathname}?beside=1&page=${at}`);
    } catch {
      // Signed out, or storage is closed: the pane works without.
    }
  });

  document.addEventListener("keydown", keys);

  function keys(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const act = { KeyR: cross, KeyC: take, KeyG: goTo }[event.code];
    if (!act || frame.offsetParent === null) return;
    event.preventDefault();
    act();
  }

  // Into the report, and back to the question one came from
  function cross() {
    if (document.activeElement === frame) back();
    else {
      shown(true);
      frame.contentWindow.focus();
      frame.contentDocument.querySelector("#find")?.focus();
    }
  }

  function back() {
    window.focus();
    (control ?? form?.querySelector("[data-question] :is(input, textarea, select)"))?.focus();
  }

  // Open the page that the evidence of the present question names
  function goTo() {
    const question = control?.closest("[data-question]");
    const page = question && (named(question, ":page")?.value || beside(question)?.value);
    if (!page) return tell("This question names no page yet.");
    const address = new URL(frame.contentWindow.location);
    address.search = new URLSearchParams({ beside: "1", printed: page }).toString();
    address.hash = "";
    frame.contentWindow.location.assign(address);
    return tell(`Page ${page}`);
  }

  // The words selected in the report go into the question, with their page
  function take() {
    const inside = frame.contentDocument;
    const words = inside.getSelection().toString().replace(/([\p{L}])[-\u00ad]\s*\n\s*(?=\p{Ll})/gu, "$1").replace(/\s+/g, " ").trim();
    const page = inside.querySelector("[data-page-name]")?.dataset.pageName ?? "";
    const question = control?.closest("[data-question]");
    if (!words) return tell("Select words in the report first.");
    if (!question) return tell("Go into a question first.");
    const verbatim = question.dataset.verbatim !== undefined && control.name === question.dataset.question;
    const quote = verbatim ? control : named(question, ":quote");
    if (!quote) return tell("This question takes no quotation.");
    if (verbatim) {
      const from = control.selectionStart;
      control.setRangeText(words, from, control.selectionEnd, "end");
      fill(beside(question), page);
    } else {
      question.querySelector("[data-evidence]").open = true;
      quote.value = words;
      fill(named(question, ":page"), page, true);
    }
    changed(quote);
    back();
    return tell(`Taken from page ${page}.`);
  }

  function fill(input, text, always = false) {
    if (!input || !text || (input.value.trim() && !always)) return;
    input.value = text;
    changed(input);
  }

  // Of a row that has a question for its page, that question's control
  function beside(question) {
    const path = question.dataset.question.replace(/[^.]+$/, "page");
    return form.querySelector(`[data-question="${CSS.escape(path)}"] [name="${CSS.escape(path)}"]`);
  }

  function named(question, suffix) {
    return question.querySelector(`[name="${CSS.escape(question.dataset.question + suffix)}"]`);
  }

  function changed(element) {
    element.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function tell(words) {
    said.textContent = words;
  }
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEPT)) ?? {};
  } catch {
    return {};
  }
}

function keep(more) {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ ...read(), ...more }));
  } catch {
    // Storage is closed: it is as wide as before on the next page.
  }
}

function sessionPlace() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}
