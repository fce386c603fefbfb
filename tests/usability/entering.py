"""Entering the longest review from its report, by keys: every question of every section, rows made of what the report suggests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from playwright.sync_api import Browser, Frame, Locator, Page, expect

from schema.answers.document import Document, Row
from schema.template.kinds import kind_of
from schema.template.model import Field, Section
from schema.template.value import Missing, Value
from tests.usability.browser_hands import BrowserHands
from tests.usability.place import Place, at_screen, attach_report
from webapp.sample.report_pdf import composed

AT = "() => document.activeElement.closest('[data-question]')?.dataset.question ?? ''"
#: Selects the lines of the page shown that make up the text, as somebody drags over them; says whether they were found.
SELECT = """text => {
  const lines = [...document.querySelectorAll(".report-words text")];
  for (let first = 0; first < lines.length; first++) {
    let held = "";
    for (let last = first; last < lines.length; last++) {
      held = `${held} ${lines[last].textContent}`.trim().replace(/\\s+/g, " ");
      if (held === text) {
        document.getSelection().setBaseAndExtent(lines[first], 0, lines[last], lines[last].childNodes.length);
        return true;
      }
      if (!text.startsWith(held)) break;
    }
  }
  return false;
}"""
SUGGESTED = ("number", "text")
SAVED = re.compile(r"^Saved \d\d:\d\d:\d\d")
MOST_STOPS, SHORT = 60, 60


def enter(browser: Browser, where: Place) -> BrowserHands:
    """Enter the review as coder 1 and submit it; fails unless what was submitted is what was to be entered."""
    case = where.register("DHR-LONGEST")
    attach_report(where, case)
    with at_screen(browser, where, "amara") as page:
        page.goto(
            where.address(case, f"/entry/{where.template.sections[0].key}")
        )  # from "Your work", by its button Next
        desk = _Entering(BrowserHands(page), page, where)
        for section in where.template.sections:
            desk.section(section)
        desk.submit(where.address(case, "/entry/submit"))
        entered, wanted = plain(where.document(case, "amara")), plain(where.truth())
        assert entered == wanted, [key for key in wanted if entered.get(key) != wanted[key]]
        return desk.hands


def plain(document: Document) -> dict[str, object]:
    """Answers without the names and the order of rows, spaces and line breaks in texts being one."""

    def held(values: Mapping[str, Value]) -> dict[str, object]:
        return {
            key: " ".join(value.split()) if isinstance(value, str) else value
            for key, value in values.items()
            if value is not None
        }

    found: dict[str, object] = {key: held(values) for key, values in document.sections.items()}
    found |= {
        key: sorted((held(row.values) for row in rows), key=lambda one: repr(sorted(one.items())))
        for key, rows in document.groups.items()
    }
    return {key: one for key, one in found.items() if one}


class _Entering:
    """One sitting at the form."""

    def __init__(self, hands: BrowserHands, page: Page, where: Place) -> None:
        self.hands, self.page, self.where = hands, page, where
        self.truth = where.truth()
        self.pages = composed(where.review, where.template)

    def section(self, section: Section) -> None:
        """Answer a section, and turn to the next."""
        self.page.wait_for_selector("form[data-ready]")
        if section.repeats is None:
            self._answers(section, section.key, self.truth.sections.get(section.key, {}))
        else:
            self._rows(section, self.truth.rows(section.key))
        expect(self.page.locator("[data-status]")).to_have_text(SAVED)
        if section is not self.where.template.sections[-1]:
            self.hands.think()
            with self.hands.waiting():
                self.hands.press("Alt+PageDown")

    def submit(self, address: str) -> None:
        """Check and submit."""
        self.hands.think()
        with self.hands.waiting():
            self.hands.click_on(self.page.get_by_role("link", name="Check and submit …"))
        assert self.page.url.endswith(address)
        for box in self.page.locator("input[type=checkbox]").all():
            self.hands.think()
            self.hands.click_on(box)
        with self.hands.waiting():
            self.hands.click_on(self.page.get_by_role("button", name="Submit my entry"))

    def _rows(self, section: Section, rows: Sequence[Row]) -> None:
        ready = self._take() if rows and self._suggestions().count() else []
        by_hand = [row for row in rows if row.values.get("number") not in ready]
        for number, name in enumerate(ready):
            row = next(one for one in rows if one.values.get("number") == name)
            self.hands.press("Alt+Shift+PageDown")
            expect(self._card(number).locator("[data-question]").first).to_be_visible()
            self._row(section, number, row, SUGGESTED)
        for number, row in enumerate(by_hand, len(ready)):
            self.hands.think()
            self.hands.press("Alt+n")
            expect(self.page.locator("[data-row]")).to_have_count(number + 1)
            self._row(section, number, row, ())

    def _suggestions(self) -> Locator:
        return self.page.get_by_role("link", name="Suggested by the report …")

    def _card(self, number: int) -> Locator:
        return self.page.locator("[data-row]").nth(number)

    def _take(self) -> list[str]:
        """Make rows of all that the report suggests, each looked at before; gives their numbers in the order of the rows."""
        with self.hands.waiting():
            self.hands.click_on(self._suggestions())
        boxes = self.page.locator("input[name=take]").all()
        names = [self.page.locator(f"label[for={box.get_attribute('id')}]").inner_text() for box in boxes]
        for box in boxes:
            self.hands.think()
            if not box.is_checked():
                self.hands.click_on(box)
        with self.hands.waiting():
            self.hands.click_on(self.page.get_by_role("button", name="Make rows of what is ticked"))
        self.page.wait_for_selector("form[data-ready]")
        return names

    def _row(self, section: Section, number: int, row: Row, filled: Sequence[str]) -> None:
        prefix = f"{section.key}.{self._card(number).get_attribute('data-row')}"
        self._answers(section, prefix, {key: held for key, held in row.values.items() if key not in filled})

    def _answers(self, section: Section, prefix: str, values: Mapping[str, Value]) -> None:
        for field in section.fields:
            value, path = values.get(field.key), f"{prefix}.{field.key}"
            if value is None or not kind_of(field).stores or self._stands(path, value):
                continue
            self._go_to(path)
            self.hands.think()
            self._answer(field, path, value)

    def _stands(self, path: str, value: Value) -> bool:
        """Whether a box holds the answer already: taking words from the report fills in their page."""
        box = self.page.locator(f'input[type=text][name="{path}"]')
        return box.count() == 1 and box.input_value() == str(value)

    def _go_to(self, path: str) -> None:
        for _ in range(MOST_STOPS):
            if self.page.evaluate(AT) == path:
                return
            self.hands.press("Alt+.")
        raise AssertionError(f"no key leads to {path}; the focus is at {self.page.evaluate(AT)}")

    def _answer(self, field: Field, path: str, value: Value) -> None:
        question = self.page.locator(f'[data-question="{path}"]')
        if isinstance(value, Missing):
            reasons = [one.get_attribute("value") or "" for one in question.locator("[data-reason]").all()]
            self.hands.press(f"Alt+{[one.removeprefix('~') for one in reasons].index(value.code) + 1}")
        elif isinstance(value, tuple):
            for one in value:
                self._tick(question, path, one)
        elif question.get_attribute("data-control") == "buttons":
            self._type_to(self.page.locator(f'[name="{path}"][value="{value}"]'), "one => one.checked")
        elif question.get_attribute("data-control") == "select":
            option = question.locator(f'option[value="{value}"]')
            self._type_to(option, "one => one.selected", option.inner_text())
        elif question.get_attribute("data-control") == "area" and len(str(value)) > SHORT:
            self._take_words(question, path, str(value))
        else:
            if self.page.locator(f'[name="{path}"]').input_value():
                self.hands.press("Control+a")
            self.hands.type(str(value))

    def _tick(self, question: Locator, path: str, value: str) -> None:
        box = self.page.locator(f'[name="{path}"][value="{value}"]')
        if question.locator("[data-ticks]").count():
            first = question.locator(".tick-group:not([hidden]) .tick:not([hidden]) input").first
            for letter in self._label(box):
                self.hands.press(letter)
                if first.get_attribute("value") == value:
                    break
            self.hands.press("Enter")
        else:
            self._type_to(box, "one => one === document.activeElement")
            self.hands.press("Space")
        assert box.is_checked(), (path, value)

    def _type_to(self, target: Locator, there: str, label: str = "") -> None:
        """Type the first letters of an answer until it is the one. On a slow machine letters come too slowly for one word: then
        they are typed again, which is not counted.
        """
        typed = ""
        for letter in label or self._label(target).replace(" ", ""):
            typed += letter.lower()
            self.hands.press("Space" if letter == " " else letter.lower())
            if target.evaluate(there):
                return
        for _ in range(3):
            self.page.wait_for_timeout(1_100)
            self.page.keyboard.type(typed)
            if target.evaluate(there):
                return
        raise AssertionError(f"no letters lead to {target}")

    def _label(self, target: Locator) -> str:
        return str(target.evaluate("one => one.labels[0].textContent")).strip().lower()

    def _take_words(self, question: Locator, path: str, text: str) -> None:
        """Select the words in the report beside the form and take them over: by one key where the question asks for verbatim words,
        else by copying and pasting. Turning the pages of the report is not counted.
        """
        report = self._report_at(text)
        self.hands.drag()
        found = report.evaluate(SELECT, " ".join(text.split()))
        assert found, f"the report does not have “{text[:60]}”"
        if question.get_attribute("data-verbatim") is not None:
            self.hands.press("Alt+c")
            return
        self.hands.press("Control+c")
        self.hands.click_on(self.page.locator(f'[name="{path}"]'))
        self.hands.paste(text)

    def _report_at(self, text: str) -> Frame:
        number = next(n for n, held in self.pages.items() if any(text in one.text for one in held))
        frame = self.page.frames[1]
        frame.goto(re.sub(r"[&?]page=[0-9]+", "", frame.url) + f"&page={number}")
        return frame
