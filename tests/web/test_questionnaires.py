"""Questionnaires: read a version, see what the next would change, publish it, use it, lift an entry to it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from schema.limits import QUESTIONNAIRE_BYTES
from schema.store.entries import load_document
from schema.store.models import Audit, Case, Entry, TemplateVersion
from schema.store.projects import use_template_version
from schema.store.templates import find_version, latest_version, publish
from schema.template.kinds import KINDS as ALL_KINDS
from schema.template.lint.rules import RULE_KINDS
from schema.template.phrases import RULES_IN_WORDS
from tests.support.casework import entry_of, fill, start_case, submit
from tests.support.policing import Page, PolicingClient, parse
from tests.support.world import SYSTEM, World, small_template
from webapp.questionnaires.reading import COMPARISONS, KINDS

ClientFor = Callable[[str], PolicingClient]
NEW = "/questionnaires/new"
PROJECT = "/projects/pilot/questionnaire"
SOURCE, LISTS = small_template()
RETIRED = LISTS["small_theme"].replace(
    'label: "T3 National policy"', 'retired: true, label: "T3 National policy"'
)
ADDED = "      - {key: setting, kind: text, label: Setting of the review}\n"


def second(source: str = SOURCE, number: int = 2) -> str:
    """Version two of the small template: a label changed, a field added."""
    changed = source.replace("version: 1", f"version: {number}").replace(
        "label: Area,", "label: Area reviewed,"
    )
    return changed.replace("      - key: children_note\n", f"{ADDED}      - key: children_note\n")


def send(client: PolicingClient, act: str = "check", **values: Any) -> TestResponse:
    return client.submit(NEW, {"act": act, **values}, content_type="multipart/form-data")


def shown_by(response: TestResponse) -> str:
    return Page(response).values()["shown"]


def boxes(response: TestResponse, name: str = "source") -> list[str]:
    root = parse(response.get_data(as_text=True))[0]
    return ["".join(one.itertext()) for one in root.iter("textarea") if one.get("name") == name]


def summary(response: TestResponse) -> str:
    root = parse(response.get_data(as_text=True))[0]
    return " ".join("".join(one.itertext()) for one in root.iter("div") if one.get("role") == "alert")


def upload(text: str, name: str) -> tuple[io.BytesIO, str]:
    return io.BytesIO(text.encode()), name


def publish_second(world: World, *, use: bool = False) -> None:
    with world.writing() as session:
        row = publish(session, SYSTEM, second(), {**LISTS, "small_theme": RETIRED}, "T3 is never used.")
        if use:
            use_template_version(session, SYSTEM, session.merge(world.project), row)


def newest(world: World) -> TemplateVersion:
    with world.reading() as session:
        found = latest_version(session, "small")
    assert found is not None
    return found


def test_the_texts_of_these_tests_say_what_they_mean() -> None:
    assert "retired: true" in RETIRED
    assert ADDED in second()
    assert "Area reviewed" in second()


def test_everybody_reads_a_version_with_all_that_coders_are_asked(client_for: ClientFor) -> None:
    for name in ("amara", "victor", "root"):
        client = client_for(name)
        assert client.page("/questionnaires").links["Version 1"] == "/questionnaires/small/1"
        said = client.page("/questionnaires/small/1").words
        for words in (
            "As printed on the cover.",
            "A whole number, from 2004 to 2035",
            "Asked only if “Were children known to services?” is Yes, stated",
            "Once for each victim: 1 to 5 rows.",
            "T3 National policy",
            "Not reported",
            "Silence is not reported, never no.",
            "page and quotation can be given",
        ):
            assert words in said, words


def test_the_contents_lead_to_every_section(client_for: ClientFor) -> None:
    links = client_for("amara").page("/questionnaires/small/1").links
    assert links["Victims"] == "#section-victims"
    assert links["Themes"] == "#list-small_theme"


def test_every_kind_comparison_and_rule_has_its_words() -> None:
    assert set(KINDS) == set(ALL_KINDS)
    assert set(COMPARISONS) == {"exact", "text", "set", "tolerance", "by_eye", "ignore"}
    assert set(RULES_IN_WORDS) == set(RULE_KINDS)


def test_a_version_is_fetched_as_it_was_published(client_for: ClientFor) -> None:
    client = client_for("amara")
    assert client.get("/questionnaires/small/1/template.yaml").get_data(as_text=True) == SOURCE
    fetched = client.get("/questionnaires/small/1/codelists/small_sex.yaml")
    assert fetched.get_data(as_text=True) == LISTS["small_sex"]


@pytest.mark.parametrize(
    "address",
    [
        "/questionnaires/small/2",
        "/questionnaires/nothing",
        "/questionnaires/nothing/1",
        "/questionnaires/small/1/codelists/region.yaml",
        f"{NEW}?from=nothing",
        f"{NEW}?shipped=nothing",
    ],
)
def test_what_does_not_exist_is_not_found(client_for: ClientFor, address: str) -> None:
    client_for("root").page(address, 404)


@pytest.mark.parametrize("name", ["amara", "carol", "dana", "victor"])
def test_only_an_administrator_publishes(client_for: ClientFor, name: str) -> None:
    client = client_for(name)
    assert client.get(NEW).status_code == 403
    assert client.submit(NEW, {"source": second(), "act": "check"}, page="/account").status_code == 403
    assert NEW not in client.page("/questionnaires").links.values()


def test_the_difference_is_shown_first_and_then_published(world: World, client_for: ClientFor) -> None:
    root = client_for("root")
    checked = send(root, source=second())
    assert checked.status_code == 200
    said = Page(checked).words
    assert "What version 2 of “Small review extraction” changes against version 1" in said
    assert "“Setting of the review” is new." in said
    assert newest(world).version == 1
    published = send(root, "publish", source=second(), shown=shown_by(checked))
    assert published.location == "/questionnaires/small/2"
    assert (newest(world).version, newest(world).source) == (2, second())
    read = root.page("/questionnaires/small/2").words
    assert "What changed since version 1" in read
    assert "“Setting of the review” is new." in read


def test_line_ends_of_browsers_make_no_other_text(world: World, client_for: ClientFor) -> None:
    typed = second().replace("\n", "\r\n")
    checked = send(client_for("root"), source=typed)
    send(client_for("root"), "publish", source=typed, shown=shown_by(checked))
    assert newest(world).source == second()


def test_every_problem_is_told_with_code_and_line_and_the_text_stays(
    world: World, client_for: ClientFor
) -> None:
    wrong = (
        second()
        .replace("kind: text, label: Area", "kind: txet, label: Area")
        .replace("small_sex", "small_seks")
    )
    answer = send(client_for("root"), source=wrong)
    assert answer.status_code == 422
    lines = {
        needle: number
        for number, line in enumerate(wrong.splitlines(), 1)
        for needle in ("txet", "small_seks")
        if needle in line
    }
    said = summary(answer)
    assert len(lines) == 2
    assert all(f"line {number}" in said for number in lines.values())
    assert "TPL-" in said
    assert boxes(answer) == [wrong]
    assert newest(world).version == 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda text: text.replace("key: area, kind: text", "key: area, kind: long_text"), "TPL-108"),
        (
            lambda text: text.replace("      - {key: published, kind: partial_date, label: Published}\n", ""),
            "TPL-107",
        ),
        (lambda text: text.replace("version: 2", "version: 1"), "TPL-102"),
        (lambda text: text.replace("version: 2", "version: 3"), "TPL-201"),
    ],
)
def test_what_would_make_answers_unreadable_is_refused_with_the_reason(
    world: World, client_for: ClientFor, change: Callable[[str], str], code: str
) -> None:
    wrong = change(second())
    checked = send(client_for("root"), source=wrong, reason="All the same.")
    assert checked.status_code == 422
    assert code in summary(checked)
    assert "Publish version" not in Page(checked).words
    forced = send(client_for("root"), "publish", source=wrong, reason="All the same.", shown="")
    assert forced.status_code in (409, 422)
    assert boxes(forced) == [wrong]
    assert newest(world).version == 1


def test_a_retired_option_asks_for_a_reason_which_is_kept(world: World, client_for: ClientFor) -> None:
    root = client_for("root")
    checked = send(root, source=second(), lists=upload(RETIRED, "small_theme.yaml"))
    assert "is retired" in Page(checked).words
    assert boxes(checked, "list") == [RETIRED]
    values: dict[str, Any] = {"source": second(), "list": RETIRED, "shown": shown_by(checked)}
    without = send(root, "publish", **values)
    assert without.status_code == 422
    assert "Give a reason" in summary(without)
    assert (boxes(without), boxes(without, "list")) == ([second()], [RETIRED])
    assert send(root, "publish", **values, reason="T3 was never used.").status_code == 303
    assert newest(world).reason == "T3 was never used."
    assert json.loads(newest(world).codelists)["small_theme"] == RETIRED


def test_what_was_not_shown_is_not_published(world: World, client_for: ClientFor) -> None:
    checked = send(client_for("root"), source=second())
    other = second().replace("label: Sex", "label: Sex as recorded")
    answer = send(client_for("root"), "publish", source=other, shown=shown_by(checked))
    assert answer.status_code == 409
    assert "Something has changed since" in summary(answer)
    assert boxes(answer) == [other]
    assert newest(world).version == 1
    again = send(client_for("root"), "publish", source=other, shown=shown_by(answer))
    assert again.status_code == 303


def test_a_version_published_meanwhile_is_noticed(world: World, client_for: ClientFor) -> None:
    checked = send(client_for("root"), source=second())
    publish_second(world)
    answer = send(client_for("root"), "publish", source=second(), shown=shown_by(checked))
    assert answer.status_code == 409
    assert "TPL-102" in summary(answer)


def test_a_file_takes_the_place_of_what_was_typed(client_for: ClientFor) -> None:
    answer = send(client_for("root"), source="typed before", file=upload("\ufeff" + second(), "v2.yaml"))
    assert boxes(answer) == [second()]


def test_a_file_that_is_no_text_is_told_and_what_was_typed_stays(client_for: ClientFor) -> None:
    answer = send(client_for("root"), source=second(), lists=(io.BytesIO(b"\xff\xfe\x00"), "themes.yaml"))
    assert answer.status_code == 422
    assert "not text in UTF-8" in summary(answer)
    assert boxes(answer) == [second()]


def test_a_file_that_is_too_large_is_told_and_what_was_typed_stays(client_for: ClientFor) -> None:
    large = io.BytesIO(b"#" * (QUESTIONNAIRE_BYTES + 1))
    answer = send(client_for("root"), source=second(), lists=(large, "themes.yaml"))
    assert answer.status_code == 422
    assert "“themes.yaml” is larger than 4 MB" in summary(answer)
    assert boxes(answer) == [second()]


def test_a_code_list_that_cannot_be_read_is_told_and_stays_to_be_put_right(client_for: ClientFor) -> None:
    broken = RETIRED.replace("code: 2", "code: 1")
    answer = send(client_for("root"), source=second(), list=broken)
    assert answer.status_code == 422
    assert "small_theme" in summary(answer)
    assert (boxes(answer), boxes(answer, "list")) == ([second()], [broken])


def test_a_code_list_that_is_not_used_is_said(client_for: ClientFor) -> None:
    other = RETIRED.replace("codelist: small_theme", "codelist: small_topic")
    assert "small_topic" in Page(send(client_for("root"), source=second(), list=other)).words


@pytest.mark.parametrize("source", ["", "   ", "nonsense", "- a\n- b\n", "template: small\n", "\t: {"])
def test_what_is_no_template_is_told(client_for: ClientFor, source: str) -> None:
    answer = send(client_for("root"), source=source)
    assert answer.status_code == 422
    assert summary(answer)


def test_a_template_of_a_new_key_is_published_as_it_is(world: World, client_for: ClientFor) -> None:
    other = SOURCE.replace("template: small", "template: other-small")
    root = client_for("root")
    values: dict[str, Any] = {
        "source": other,
        "list": [text for name, text in LISTS.items() if name.startswith("small")],
    }
    checked = send(root, **values)
    assert "is new here" in Page(checked).words
    assert (
        send(root, "publish", **values, shown=shown_by(checked)).location == "/questionnaires/other-small/1"
    )


def test_a_shipped_template_is_published_from_its_own_text(client_for: ClientFor) -> None:
    root = client_for("root")
    links = root.page("/questionnaires").links
    address = next(target for target in links.values() if "shipped=sar-learning" in target)
    filled = root.get(address)
    checked = send(root, source=boxes(filled)[0], list=boxes(filled, "list"))
    values: dict[str, Any] = {
        "source": boxes(checked)[0],
        "list": boxes(checked, "list"),
        "shown": shown_by(checked),
    }
    assert send(root, "publish", **values).location == "/questionnaires/sar-learning/1"


def test_the_next_version_begins_with_the_latest_text(client_for: ClientFor) -> None:
    assert boxes(client_for("root").get(f"{NEW}?from=small")) == [SOURCE]


def test_a_manager_sees_the_difference_and_then_uses_the_version(world: World, client_for: ClientFor) -> None:
    start_case(world, "DHR-001")
    publish_second(world)
    dana = client_for("dana")
    page = dana.page(PROJECT)
    assert page.links["Use version 2 …"] == f"{PROJECT}?version=2#difference"
    assert "“Setting of the review” is new." in dana.page(f"{PROJECT}?version=2").words
    assert dana.submit(PROJECT, {"version": "2"}).location == PROJECT
    start_case(world, "DHR-002")
    with world.reading() as session:
        used = {row.reference: row.id for row in session.scalars(select(Case))}
        numbers = {
            reference: {
                session.get_one(TemplateVersion, entry.template_version_id).version
                for entry in session.scalars(select(Entry).where(Entry.case_id == case_id))
            }
            for reference, case_id in used.items()
        }
    assert numbers == {"DHR-001": {1}, "DHR-002": {2}}
    assert "Version 2 Published" in dana.page(PROJECT).words


def test_a_manager_sees_how_many_entries_use_each_version(world: World, client_for: ClientFor) -> None:
    for reference in ("DHR-001", "DHR-002"):
        start_case(world, reference)
    publish_second(world, use=True)
    start_case(world, "DHR-003")
    assert _counts(client_for("dana").page(PROJECT)) == {"Version 2": "2", "Version 1": "4"}


def test_counts_tell_a_manager_who_codes_nothing_of_the_other_coder(
    world: World, client_for: ClientFor
) -> None:
    world.add_person("maya", "manager", "coder")
    start_case(world, "DHR-001", {"coder_1": "maya", "coder_2": "ben"})
    publish_second(world, use=True)
    before = _counts(client_for("maya").page(PROJECT))
    with world.writing() as session:
        entry = session.get_one(Entry, entry_of(world, world.case("DHR-001"), "ben").id)
        entry.template_version_id = newest(world).id
    assert _counts(client_for("maya").page(PROJECT)) == before == {"Version 2": "0", "Version 1": "1"}


def test_an_administrator_without_a_part_counts_no_entries(world: World, client_for: ClientFor) -> None:
    start_case(world, "DHR-001")
    assert "Entries that use it" not in client_for("root").page(PROJECT).words


@pytest.mark.parametrize(("version", "status"), [("1", 409), ("7", 404), ("", 404), ("x", 404), ("-2", 404)])
def test_a_version_that_cannot_be_chosen_is_refused(
    world: World, client_for: ClientFor, version: str, status: int
) -> None:
    publish_second(world)
    answer = client_for("dana").submit(PROJECT, {"version": version})
    assert answer.status_code == status
    assert summary(answer)


@pytest.mark.parametrize("name", ["amara", "carol", "victor"])
def test_only_those_who_manage_the_project_choose_its_version(client_for: ClientFor, name: str) -> None:
    client = client_for(name)
    assert client.get(PROJECT).status_code == 403
    assert client.submit(PROJECT, {"version": "2"}, page="/account").status_code == 403


def test_going_back_to_an_earlier_version_says_so(world: World, client_for: ClientFor) -> None:
    publish_second(world, use=True)
    assert "Going back from version 2 to version 1" in client_for("dana").page(f"{PROJECT}?version=1").words


def lift_address(case: Case) -> str:
    return f"/projects/pilot/cases/{case.id}/entry/lift"


def themed(world: World, reference: str = "DHR-001") -> Case:
    """A case that amara has begun on version 1, with a theme that version 2 retires."""
    case = start_case(world, reference)
    advice = [{"number": "1", "text": "Share what is known.", "themes": ["T2", "T3"]}]
    fill(world, case, "amara", recommendations=advice)
    return case


def test_a_coder_is_shown_what_lifting_means_and_lifts(world: World, client_for: ClientFor) -> None:
    case = themed(world)
    amara = client_for("amara")
    overview = f"/projects/pilot/cases/{case.id}/entry"
    assert "See what it would mean for your entry" not in amara.page(overview).links
    publish_second(world, use=True)
    address = amara.page(overview).links["See what it would mean for your entry"]
    page = amara.page(address)
    assert "New question in “Report”: “Setting of the review”. It may stay blank." in page.words
    assert "no longer offers “T3 National policy”. Your answer is kept" in page.words
    assert "“Area”: The label is now “Area reviewed”, was “Area”." in page.words
    with world.reading() as session:
        before = load_document(session, entry_of(world, case, "amara").id)
    values = {name: page.values()[name] for name in ("to", "revision")}
    assert amara.submit(address, values).location == overview
    entry = entry_of(world, case, "amara")
    with world.reading() as session:
        version = find_version(session, "small", 2)
        assert version is not None
        assert entry.template_version_id == version.id
        assert load_document(session, entry.id) == before
        logged = session.scalars(select(Audit).where(Audit.action == "entry.lift")).one()
    assert (logged.object_id, json.loads(logged.detail)["to"]) == (entry.id, 2)
    assert "See what it would mean for your entry" not in amara.page(overview).links


def test_lifting_touches_only_the_coders_own_entry(world: World, client_for: ClientFor) -> None:
    case = themed(world)
    fill(world, case, "ben")
    publish_second(world, use=True)
    values = client_for("amara").page(lift_address(case)).values()
    client_for("amara").submit(lift_address(case), {"to": values["to"], "revision": values["revision"]})
    assert (
        entry_of(world, case, "ben").template_version_id != entry_of(world, case, "amara").template_version_id
    )


def test_an_entry_that_has_changed_since_is_looked_at_again(world: World, client_for: ClientFor) -> None:
    case = themed(world)
    publish_second(world, use=True)
    values = client_for("amara").page(lift_address(case)).values()
    fill(world, case, "amara")
    answer = client_for("amara").submit(
        lift_address(case), {"to": values["to"], "revision": values["revision"]}
    )
    assert answer.status_code == 409
    assert entry_of(world, case, "amara").template_version_id != newest(world).id


@pytest.mark.parametrize(
    "values", [{}, {"to": "x", "revision": "1"}, {"to": "2", "revision": "-1"}, {"to": "9", "revision": "1"}]
)
def test_a_lift_that_was_not_shown_is_refused(
    world: World, client_for: ClientFor, values: dict[str, str]
) -> None:
    case = themed(world)
    publish_second(world, use=True)
    assert client_for("amara").submit(lift_address(case), values).status_code in (409, 422)
    assert entry_of(world, case, "amara").template_version_id != newest(world).id


def test_a_submitted_entry_keeps_its_version(world: World, client_for: ClientFor) -> None:
    case = themed(world)
    submit(world, case, "amara")
    publish_second(world, use=True)
    revision = str(entry_of(world, case, "amara").revision)
    assert "keeps the version it has" in client_for("amara").page(lift_address(case)).words
    answer = client_for("amara").submit(
        lift_address(case), {"to": "2", "revision": revision}, page="/account"
    )
    assert answer.status_code == 409
    assert entry_of(world, case, "amara").template_version_id != newest(world).id


def test_an_entry_that_is_up_to_date_has_nothing_to_lift(world: World, client_for: ClientFor) -> None:
    case = themed(world)
    assert "There is nothing to do" in client_for("amara").page(lift_address(case)).words


@pytest.mark.parametrize("name", ["carol", "dana", "victor", "root"])
def test_nobody_lifts_for_a_coder(world: World, client_for: ClientFor, name: str) -> None:
    case = themed(world)
    publish_second(world, use=True)
    assert client_for(name).get(lift_address(case)).status_code in (403, 404)
    answer = client_for(name).submit(lift_address(case), {"to": "2", "revision": "1"}, page="/account")
    assert answer.status_code in (403, 404)


def _counts(page: Page) -> dict[str, str]:
    rows = [row for row in page.root.iter("tr") if any(True for _ in row.iter("td"))]
    counted = {}
    for row in rows:
        head = "".join(next(row.iter("th")).itertext()).strip()
        cells = {cell.get("data-label"): "".join(cell.itertext()).strip() for cell in row.iter("td")}
        counted[head] = cells["Entries that use it"]
    return counted


def test_the_guide_finds_words_without_a_script_and_is_linked_from_the_desk(
    world: World, client_for: ClientFor
) -> None:
    case = start_case(world, "DHR-001").id
    amara = client_for("amara")
    guide = "/questionnaires/small/1/guide"
    assert "Year of death" in amara.page(guide).words
    found = amara.page(f"{guide}?find=COVER+printed")
    assert "1 question or option with" in found.words
    assert "As printed on the cover." in found.words
    assert "Year of death" not in found.words
    assert "Try fewer words" in amara.page(f"{guide}?find={'x' * 3000}").words
    entry = f"/projects/pilot/cases/{case}/entry"
    assert f"{guide}#section-victims" in amara.page(f"{entry}/victims").text
    assert guide in amara.page(entry).text
    assert guide in amara.page("/questionnaires").text
    amara.page("/questionnaires/small/9/guide", status=404)
