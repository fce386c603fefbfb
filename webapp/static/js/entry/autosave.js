// Saves what was typed, one request at a time, and says so. Nothing is kept in the browser's storage: what is not
// saved stands in the form, and the page does not let itself be left in silence.

import { evidenceOf, isEvidence, isNote, noteOf, pathOf, questionAt, setEvidence, setNote, setValue, valueOf } from "./controls.js";
import { showConflict } from "./conflict.js";

const LONGEST_WAIT = 30;

export class Autosave {
  constructor(form, { onSaved }) {
    this.form = form;
    this.onSaved = onSaved;
    this.unsaved = new Map();
    this.held = new Set();
    this.kept = new Map();
    this.rejected = new Map();
    this.counter = 0;
    this.timer = null;
    this.sending = null;
    this.wait = 0;
    this.stopped = false;
    this.status = form.querySelector("[data-status]");
    this.alert = form.querySelector("[data-alert]");
    window.addEventListener("beforeunload", (event) => {
      if (this.dirty) event.preventDefault();
    });
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") this.flush();
      else if (this.dirty) this.flush(true);
    });
    window.addEventListener("focus", () => this.dirty && this.flush(true));
    document.addEventListener("click", (event) => this.leave(event));
  }

  get dirty() {
    return this.unsaved.size > 0 || this.sending !== null;
  }

  get revision() {
    return Number(this.form.elements.base_revision.value);
  }

  set revision(number) {
    this.form.elements.base_revision.value = String(number);
  }

  // A question was touched: save after the pause given in milliseconds.
  note(question, touched, pause) {
    const what = isEvidence(touched) ? "evidence" : isNote(touched) ? "note" : "set";
    const path = pathOf(question);
    this.unsaved.set(`${what} ${path}`, { what, path, mark: ++this.counter });
    if (this.stopped) return this.say("wrong", "Not saved");
    if (!this.sending && !this.wait) this.say("saving", "…");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(), pause);
  }

  // Send what is unsaved; `now` also cuts a waiting time short. Resolves when nothing is on its way any more.
  async flush(now = false) {
    clearTimeout(this.timer);
    if (this.sending) return this.sending;
    if (this.stopped || (this.wait && !now)) return undefined;
    this.dropUnchanged();
    const batch = this.sendable();
    if (!batch.length) {
      if (now && !this.unsaved.size) this.say("saved", `Saved ${clock(new Date())}`);
      return undefined;
    }
    this.sending = this.send(batch).finally(() => {
      this.sending = null;
    });
    await this.sending;
    if (this.sendable().length && !this.wait && !this.stopped) this.timer = setTimeout(() => this.flush(), 200);
    return undefined;
  }

  // Everything unsaved but what waits for the coder: a conflict, or a text that was not accepted and not touched since.
  sendable() {
    return [...this.unsaved].filter(([key, one]) => !this.held.has(one.path) && this.rejected.get(key) !== one.mark)
      .map(([, one]) => one);
  }

  // Leaving a field says "changed" once more; what is saved already is not sent again.
  dropUnchanged() {
    for (const [key, one] of this.unsaved) {
      const change = this.change(one);
      if (change && this.kept.get(key) === JSON.stringify(change.value)) this.unsaved.delete(key);
    }
    if (!this.unsaved.size && this.status.textContent === "…") this.say("saved", "Saved");
  }

  async send(batch) {
    this.say("saving", "Saving …");
    const changes = batch.map((one) => this.change(one)).filter(Boolean);
    this.sent = new Map(changes.map((one) => [`${one.what ?? "set"} ${one.path}`, JSON.stringify(one.value)]));
    try {
      const answer = await this.post(this.form.dataset.autosave, { base_revision: this.revision, changes });
      await this.take(answer, batch);
    } catch {
      this.later("Not saved: trying again");
    }
  }

  change({ what, path }) {
    const question = questionAt(this.form, path);
    if (!question) {
      this.unsaved.delete(`${what} ${path}`);
      return null;
    }
    if (what === "set") return { path, value: valueOf(question) };
    return { what, path, value: what === "note" ? noteOf(question) : evidenceOf(question) };
  }

  post(address, body) {
    return fetch(address, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json",
        "X-CSRFToken": this.form.elements.csrf_token.value,
      },
      body: JSON.stringify(body),
      redirect: "manual",
    });
  }

  async take(answer, batch) {
    if (answer.ok) {
      this.accepted(await answer.json(), batch);
    } else if (answer.status === 401 || answer.type === "opaqueredirect") {
      this.signedOut();
    } else if (answer.status >= 500 || answer.status === 429) {
      this.later("Not saved: trying again");
    } else {
      await this.refused(answer.status, await answer.json(), batch);
    }
  }

  accepted(state, batch) {
    this.wait = 0;
    if (!this.rejected.size) this.tell("");
    this.forget(batch);
    for (const [key, value] of this.sent) this.kept.set(key, value);
    this.catchUp(state);
    this.savedAt(state.saved_at);
    this.onSaved(state);
  }

  // "Saved" is said only where nothing typed is left out.
  savedAt(moment) {
    if (this.held.size) this.say("wrong", "Not saved: changed in another window");
    else if (this.sendable().length) this.say("saving", "Saving …");
    else if (this.unsaved.size) this.say("wrong", "Not saved");
    else this.say("saved", `Saved ${clock(new Date(moment || Date.now()))}`);
  }

  // What was typed again while the save was on its way stays unsaved.
  forget(batch) {
    for (const { what, path, mark } of batch) {
      const key = `${what} ${path}`;
      if (this.unsaved.get(key)?.mark === mark) this.unsaved.delete(key);
      this.rejected.delete(key);
    }
  }

  // Take over what another window has saved meanwhile, before its revision: where something else stands typed
  // here and unsaved, the coder is asked.
  catchUp(state) {
    this.revision = state.revision;
    for (const one of state.elsewhere) {
      const question = questionAt(this.form, one.path);
      if (!question) continue;
      this.kept.delete(`set ${one.path}`);
      this.kept.delete(`evidence ${one.path}`);
      this.kept.delete(`note ${one.path}`);
      if (this.unsaved.has(`set ${one.path}`)) {
        const mine = valueOf(question);
        const text = typeof mine === "string" ? mine : JSON.stringify(mine);
        this.askAbout({ ...one, what: "set", mine: text, theirs: one.words, theirs_value: one.value });
      } else {
        setValue(question, one.value);
      }
      if (!this.unsaved.has(`evidence ${one.path}`)) setEvidence(question, one.evidence);
      if (!this.unsaved.has(`note ${one.path}`)) setNote(question, one.note);
    }
  }

  async refused(status, body, batch) {
    const problems = body.problems ?? [];
    if (status === 409 && body.conflicts) {
      this.revision = body.revision;
      for (const conflict of body.conflicts) this.askAbout(conflict);
      this.say("wrong", "Not saved: changed in another window");
    } else if (status === 400 && problems.some((one) => one.code === "WEB-CSRF")) {
      if (await this.freshToken()) this.later("Not saved: trying again", 0.2);
      else this.signedOut();
    } else if (status === 409 || status === 403 || status === 404) {
      this.stopped = true;
      this.say("wrong", "Not saved");
      const reason = problems.map((one) => `${one.message} ${one.remedy}`).join(" ");
      this.tell(`${reason || "This entry can no longer be saved."} What you typed is still here, so that you can copy it.`);
    } else {
      await this.rejectedBatch(problems, batch);
    }
  }

  // One field that is not accepted must not keep the others from being saved.
  async rejectedBatch(problems, batch) {
    if (batch.length > 1) {
      for (const one of batch) await this.send([one]);
      return;
    }
    const [{ what, path, mark }] = batch;
    this.rejected.set(`${what} ${path}`, mark);
    this.say("wrong", "Not saved");
    this.tell(problems.map((one) => `${one.message} ${one.remedy}`).join(" ") || "This could not be saved.");
  }

  askAbout(conflict) {
    this.held.add(conflict.path);
    showConflict(questionAt(this.form, conflict.path), conflict, (keepMine) => {
      this.held.delete(conflict.path);
      const key = `${conflict.what} ${conflict.path}`;
      this.kept.delete(key);
      if (keepMine) this.unsaved.set(key, { what: conflict.what, path: conflict.path, mark: ++this.counter });
      else this.unsaved.delete(key);
      this.flush(true);
      if (!this.unsaved.size) this.say("saved", "Saved");
    });
  }

  signedOut() {
    this.say("wrong", "Not saved: you are signed out");
    const link = document.createElement("a");
    link.href = this.form.dataset.signIn;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "Sign in in a new tab";
    this.tell("You are signed out. What you typed is still here. ", link, ", then come back: saving goes on by itself.");
    this.later("Not saved: you are signed out", 5);
  }

  later(words, seconds) {
    this.wait = seconds ?? Math.min(LONGEST_WAIT, this.wait ? this.wait * 2 : 1);
    this.say("wrong", words);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.flush(true), this.wait * 1000);
  }

  async freshToken() {
    const answer = await fetch(this.form.dataset.page, { redirect: "manual" });
    if (!answer.ok) return false;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = page.querySelector("form[data-module=entry] [name=csrf_token]");
    if (token) this.form.elements.csrf_token.value = token.value;
    return Boolean(token);
  }

  // A link away from the page first saves; where that fails the browser asks.
  async leave(event) {
    const link = event.target.closest?.("a[href]");
    const plain = !event.defaultPrevented && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!link || !plain || link.target || link.getAttribute("href").startsWith("#") || !this.dirty) return;
    event.preventDefault();
    await this.flush(true);
    if (this.unsaved.size && !this.stopped) await this.flush(true);
    window.location.assign(link.href);
  }

  say(tone, words) {
    if (this.status.textContent !== words) this.status.textContent = words;
    this.status.dataset.tone = tone;
  }

  tell(...parts) {
    this.alert.replaceChildren(...parts.filter(Boolean));
  }
}

function clock(moment) {
  return moment.toLocaleTimeString("en-GB");
}
