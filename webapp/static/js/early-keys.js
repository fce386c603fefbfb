// Keys pressed before the page's modules are bound are kept, and pressed again once they are. This file is no module, so that it runs
// before anything is drawn; whatever goes wrong, it lets go after ten seconds.

(function () {
  const LONGEST = 10000;
  const TYPING = "input:not([type=radio]):not([type=checkbox]), textarea, select";
  const kept = [];

  function hold(event) {
    if (!event.isTrusted || event.isComposing || !isCommand(event)) return;
    event.preventDefault();
    kept.push({ key: event.key, code: event.code, altKey: event.altKey, ctrlKey: event.ctrlKey, metaKey: event.metaKey, shiftKey: event.shiftKey });
  }

  // What a page of ours may mean by a key: with Alt, saving, help; a single key only outside of what is typed into.
  function isCommand(event) {
    if (event.key === "Alt" || event.key.length > 1 && !event.altKey && event.key !== "F1") return false;
    if (event.altKey || event.key === "F1") return !event.ctrlKey && !event.metaKey;
    if (event.ctrlKey || event.metaKey) return event.key === "s";
    return event.key !== " " && !event.target.matches?.(TYPING);
  }

  function release() {
    document.removeEventListener("keydown", hold, true);
    clearTimeout(timer);
    for (const one of kept.splice(0)) {
      const target = document.activeElement ?? document.body;
      target.dispatchEvent(new KeyboardEvent("keydown", { ...one, bubbles: true, cancelable: true }));
    }
  }

  document.addEventListener("keydown", hold, true);
  document.addEventListener("modules-bound", release, { once: true });
  const timer = setTimeout(release, LONGEST);
})();
