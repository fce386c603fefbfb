// Copies a table of findings: as a table (for a spreadsheet or a text) or as plain text.

function cells(row) {
  return [...row.cells].map((cell) => cell.innerText.trim().replace(/\s+/g, " "));
}

function tabbed(table) {
  return [...table.rows].map((row) => cells(row).join("\t")).join("\n");
}

function bare(table) {
  const made = document.createElement("table");
  for (const row of table.rows) {
    const copy = made.insertRow();
    for (const cell of row.cells) {
      const kept = document.createElement(cell.tagName);
      if (cell.colSpan > 1) kept.colSpan = cell.colSpan;
      kept.textContent = cell.innerText.trim();
      copy.append(kept);
    }
  }
  return made.outerHTML;
}

function byEvent(kinds) {
  // Where the page is not served securely there is no clipboard, but a copy event still carries what we give it.
  const give = (event) => {
    event.preventDefault();
    for (const [kind, text] of Object.entries(kinds)) event.clipboardData.setData(kind, text);
  };
  document.addEventListener("copy", give, { once: true });
  const done = document.execCommand("copy");
  document.removeEventListener("copy", give);
  if (!done) throw new Error("the browser does not copy");
}

async function put(kinds) {
  if (navigator.clipboard?.write && window.ClipboardItem) {
    const blobs = Object.entries(kinds).map(([kind, text]) => [kind, new Blob([text], { type: kind })]);
    try {
      await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
      return;
    } catch (error) {
      console.info("The clipboard refused; trying the older way", error);
    }
  }
  byEvent(kinds);
}

export default function copyFigures(element) {
  const table = document.getElementById(element.dataset.table);
  const text = element.dataset.text && document.getElementById(element.dataset.text);
  const status = element.querySelector("[role=status]");
  const forms = {
    table: () => ({ "text/html": bare(table), "text/plain": tabbed(table) }),
    text: () => ({ "text/plain": text.textContent }),
  };
  element.addEventListener("click", async (event) => {
    const wanted = event.target.closest("[data-copy]")?.dataset.copy;
    if (!wanted) return;
    try {
      await put(forms[wanted]());
      status.textContent = "Copied.";
    } catch (error) {
      const elsewhere = text ? "Open “As plain text” and copy from there." : "Select the table and copy it yourself.";
      status.textContent = `Could not copy. ${elsewhere}`;
      console.error(error);
    }
  });
  element.hidden = false;
}
