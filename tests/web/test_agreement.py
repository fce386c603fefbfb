"""A manager reads how far coders agree: pages, pictures with their tables, the file and the command say the same."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from xml.etree.ElementTree import Element

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from schema.store import agreement_read
from schema.store.models import Audit, Job
from schema.store.projects import add_member
from tests.support.casework import fill, start_case, submit
from tests.support.policing import Page, PolicingClient, words
from tests.support.reconciling import as_second, comparison, extract, submitted_case
from tests.support.signed_off import settle, signed_off_case
from tests.support.world import SYSTEM, World
from webapp.agreement import routes
from webapp.cli import main
from webapp.jobs import Worker

ClientFor = Callable[[str], PolicingClient]
AGREEMENT = "/projects/pilot/agreement"
QUESTION = AGREEMENT + "/questions/"
SVG = "{http://www.w3.org/2000/svg}"


def compared(world: World, reference: str, a: dict[str, object], b: dict[str, object]) -> str:
    """A case whose coders gave these answers in the first section; gives its id."""
    return submitted_case(world, extract(a), as_second(extract(b)), reference)


@pytest.fixture
def study(world: World) -> World:
    """Six compared cases: regions agree in five of them, years in four."""
    regions = [("wales", "wales")] * 3 + [("south", "south")] * 2 + [("wales", "south")]
    for number, (first, second) in enumerate(regions, 1):
        years = {"death_year": 2010 + number}, {"death_year": 2010 + number + (number > 4)}
        compared(world, f"DHR-{number}", {"region": first, **years[0]}, {"region": second, **years[1]})
    return world


def table(page: Page, caption: str) -> list[list[str]]:
    """The body of the table with this caption, cell by cell."""
    for one in page.root.iter("table"):
        if words(next(one.iter("caption"))) == caption:
            body = next(one.iter("tbody"))
            return [[words(cell) for cell in row if cell.tag in ("th", "td")] for row in body.iter("tr")]
    raise AssertionError(f"no table {caption}")


def names(page: Page) -> list[str]:
    return [row[0].rsplit(" ", 1)[0] for row in table(page, "Questions")]


def pictures(page: Page, kind: str) -> list[Element]:
    return [one for one in page.root.iter(SVG + "svg") if one.get("class") == kind]


def test_a_manager_finds_every_question_with_its_figures(study: World, client_for: ClientFor) -> None:
    page = client_for("dana").page(AGREEMENT)
    lines = {row[0]: row for row in table(page, "Questions")}
    year = lines["Year of death Report"]
    assert (year[1], year[2].split()[0]) == ("6", "67%")
    assert "Undefined, because kappa is for codes; this is a number." in year[3]
    region = lines["Region Report"]
    assert region[2].split()[0] == "83%"
    assert region[6] == "one-sided, few positions"
    assert "Cases compared 6" in page.words
    assert "Rows not yet matched by a person 6 cases" in page.words


def test_the_table_is_sorted_as_asked_with_what_has_no_figure_last(
    study: World, client_for: ClientFor
) -> None:
    client = client_for("dana")
    up = table(client.page(AGREEMENT + "?sort=percent"), "Questions")
    down = table(client.page(AGREEMENT + "?sort=percent&order=down"), "Questions")
    shares = [row[2].split("%")[0] for row in up]
    known = [int(share) for share in shares if share.isdecimal()]
    assert known == sorted(known)
    assert len(set(known)) > 1
    assert [row[2].split("%")[0] for row in down[: len(known)]] == [str(share) for share in reversed(known)]
    assert all("Undefined" in row[2] for row in (*up[len(known) :], *down[len(known) :]))
    assert len(up) > len(known)


def test_an_unknown_order_is_that_of_the_questionnaire(study: World, client_for: ClientFor) -> None:
    client = client_for("dana")
    assert names(client.page(AGREEMENT + "?sort=nonsense&by=nothing")) == names(client.page(AGREEMENT))


@pytest.mark.parametrize(
    ("by", "caption", "first"),
    [
        ("section", "Sections", ["Report", "6"]),
        ("pair", "Pairs of coders", ["Amara Okafor and Ben Whitfield", "6"]),
    ],
)
def test_parts_of_the_study_have_their_own_figures(
    study: World, client_for: ClientFor, by: str, caption: str, first: list[str]
) -> None:
    page = client_for("dana").page(f"{AGREEMENT}?by={by}")
    assert table(page, caption)[0][:2] == first
    assert len(table(client_for("dana").page(f"{AGREEMENT}?by=month"), "Months")) == 1


def test_the_plot_has_a_dot_for_each_figure_of_the_table(study: World, client_for: ClientFor) -> None:
    page = client_for("dana").page(AGREEMENT + "?sort=percent")
    known = [row for row in table(page, "Questions") if "Undefined" not in row[2]]
    wide, narrow = pictures(page, "dot-plot")
    for picture in (wide, narrow):
        assert len(list(picture.iter(SVG + "circle"))) == len(known)
        assert words(next(picture.iter(SVG + "title"))) == "Share of agreement by question"
        assert picture.get("role") == "img"
    dots = [float(dot.get("cx", "")) for dot in wide.iter(SVG + "circle")]
    assert dots == sorted(dots)


def test_a_question_shows_who_gave_what_where_the_other_gave_what(
    study: World, client_for: ClientFor
) -> None:
    page = client_for("dana").page(QUESTION + "report.region")
    assert page.heading == "Agreement on “Region”"
    assert table(page, "Mixed up most") == [["Coder 1 gave Wales", "South", "1"]]
    assert table(page, "How often each code was given") == [
        ["1. South", "2", "3", "2"],
        ["2. Wales", "4", "3", "3"],
    ]
    (picture,) = pictures(page, "heat-map")
    tiles = [tile.get("class") or "" for tile in picture.iter(SVG + "rect")]
    assert sum(tile.startswith("same") for tile in tiles) == 2
    assert sum(tile.startswith("mixed") for tile in tiles) == 1
    assert "Only 6 positions were compared." in page.words


def test_a_question_of_a_group_shows_lone_rows_counted_beside_matched_ones(
    world: World, client_for: ClientFor
) -> None:
    themes = [{"id": "r1", "number": "1", "text": "Share what is known.", "themes": ["T1"]}]
    more = [*themes, {"id": "r2", "number": "2", "text": "Train every midwife in asking.", "themes": ["T2"]}]
    submitted_case(world, extract(recommendations=more), as_second(extract(recommendations=themes)))
    page = client_for("dana").page(QUESTION + "recommendations.themes")
    assert "Positions compared 1, of which 1 alike Agreement 100%" in page.words
    assert "Positions and such answers 2 Agreement 50%" in page.words
    assert "Rows that only one coder has 1" in page.words
    rows = table(client_for("dana").page(AGREEMENT), "Rows that both coders found")
    assert rows[-1] == ["Recommendations", "2", "1", "1", "1.00", "0.50", "0.67"]


def test_a_question_that_is_not_measured_is_not_there(study: World, client_for: ClientFor) -> None:
    client = client_for("dana")
    for path in ("report.area", "report.nothing", "victims", "report.region.x"):
        assert client.get(QUESTION + path).status_code == 404
    for pair in ("0", "99", "x", "-1", "²"):
        assert client.get(f"{QUESTION}report.region?pair={pair}").status_code == 200


def test_definitions_that_reconcilers_found_unclear_are_listed(world: World, client_for: ClientFor) -> None:
    case = compared(world, "DHR-1", {"death_year": 2016}, {"death_year": 2017})
    assert (
        "No decision so far has the cause “definition unclear”." in client_for("dana").page(AGREEMENT).words
    )
    settle(world.database, world.actor("carol"), comparison(world, case).row.id, cause="definition_unclear")
    (line,) = table(client_for("dana").page(AGREEMENT), "Definitions to look at")
    assert line == ["Year of death Report", "1", "1", "100% mostly", "–"]


def test_before_anything_is_compared_the_page_says_so(world: World, client_for: ClientFor) -> None:
    start_case(world, "DHR-001")
    page = client_for("dana").page(AGREEMENT)
    assert "No case has been compared yet." in page.words
    assert "Download as CSV" not in page.links


@pytest.mark.parametrize("name", ["amara", "carol", "victor"])
def test_nobody_but_managers_reads_agreement(study: World, client_for: ClientFor, name: str) -> None:
    for address in (AGREEMENT, QUESTION + "report.region", AGREEMENT + "/figures.csv"):
        assert client_for(name).get(address).status_code == 403
    assert "Agreement" not in client_for(name).page("/projects/pilot").links


def test_a_manager_who_codes_does_not_meet_their_open_cases(world: World, client_for: ClientFor) -> None:
    """The page is the same before and after the other coder submits, and has the case once it is signed off."""
    with world.writing() as session:
        add_member(session, SYSTEM, world.project, world.user("amara"), "manager")
    case = start_case(world, "DHR-9")
    signed_off_case(world, "DHR-1")
    pages = []
    for name in ("amara", "ben"):
        fill(world, case, name)
        submit(world, case, name)
        pages.append(client_for("amara").page(AGREEMENT).words)
    assert pages[0] == pages[1]
    assert "They are left out here until they are signed off." in pages[1]
    assert "Cases compared 1" in pages[1]
    assert "Cases compared 2" in client_for("dana").page(AGREEMENT).words
    settle(world.database, world.actor("carol"), comparison(world, case.id).row.id)
    assert "Cases compared 2" in client_for("amara").page(AGREEMENT).words


def run(world: World, *arguments: str, code: int = 0) -> str:
    """What the command prints, on the world's database."""
    environ = {
        "TANDEM_DATABASE_URL": world.settings.database_url,
        "TANDEM_DATA_DIR": str(world.folder),
        "TANDEM_SECRET_KEY": world.settings.secret_key,
    }
    answer = CliRunner().invoke(main, ["agreement", *arguments], env=environ)
    assert answer.exit_code == code, answer.output
    return answer.output


def test_page_file_and_command_say_the_same(study: World, client_for: ClientFor) -> None:
    answer = client_for("dana").get(AGREEMENT + "/figures.csv")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="pilot-agreement.csv"'
    assert answer.mimetype == "text/csv"
    lines = list(csv.DictReader(io.StringIO(answer.get_data(as_text=True).removeprefix("\ufeff"))))
    by_path = {f"{line['section']}.{line['field']}": line for line in lines if line["of"] == "field"}
    found = json.loads(run(study, "pilot", "--json"))
    page = {row[0]: row for row in table(client_for("dana").page(AGREEMENT), "Questions")}
    assert found["cases"] == 6
    assert len(by_path) == len(found["fields"]) == len(page)
    for held in found["fields"]:
        line = by_path[f"{held['section']}.{held['field']}"]
        assert int(line["n"]) == held["n"]
        for name in ("kappa", "ac1", "alpha"):
            value = held[name].get("value")
            assert line[name] == ("" if value is None else line[name])
            assert value is None or float(line[name]) == pytest.approx(value, abs=0.0005)
    region = next(held for held in found["fields"] if held["field"] == "region")
    assert page["Region Report"][3].startswith(f"{region['kappa']['value']:.2f}")
    assert [line["label"] for line in lines if line["of"] == "pair"] == ["Amara Okafor and Ben Whitfield"]
    assert f"{'report.region'}" in run(study, "pilot")


def test_who_takes_the_figures_away_is_logged(study: World, client_for: ClientFor) -> None:
    client_for("dana").get(AGREEMENT + "/figures.csv")
    with study.reading() as session:
        logged = session.scalars(select(Audit).where(Audit.action == "agreement.fetch")).all()
    assert [(row.actor_id, json.loads(row.detail)) for row in logged] == [
        (study.user("dana").id, {"cases": 6})
    ]


def test_the_command_names_an_unknown_project_and_an_empty_one(world: World) -> None:
    assert "There is no project “nowhere”." in run(world, "nowhere", code=2)
    assert run(world, "pilot").strip() == "No case has been compared yet."


def test_a_study_that_is_too_large_for_a_page_is_counted_by_a_job(
    study: World, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MOST_CASES", 5)
    dana = client_for("dana")
    assert "6 compared cases are too many to count while a page waits." in dana.page(AGREEMENT).words
    assert dana.get(QUESTION + "report.region").status_code == 409
    for _ in range(2):
        assert dana.submit(AGREEMENT + "/count", page=AGREEMENT).status_code == 303
    waiting = dana.page(AGREEMENT)
    assert "Waiting for its turn." in waiting.words
    with study.reading() as session:
        job = session.query(Job).filter_by(kind="agreement").one()
    told = dana.get(f"{AGREEMENT}/count/{job.id}").get_json()
    assert told == {"finished": False, "sentence": "Waiting for its turn.", "done": 0, "total": 0}
    Worker(study.database, study.settings).run_all()
    agreement_read._KEPT.clear()  # another process has not counted
    direct = json.loads(run(study, "pilot", "--json"))
    page = dana.page(AGREEMENT)
    assert "Cases compared 6" in page.words
    assert "have changed since" not in page.words
    assert names(page) == [held["label"] for held in direct["fields"]]
    compared(study, "DHR-7", {"region": "wales"}, {"region": "south"})
    behind = dana.page(AGREEMENT)
    assert "have changed since" in behind.words
    assert "Cases compared 6" in behind.words
    assert json.loads(run(study, "pilot", "--json"))["cases"] == 7


def test_a_manager_who_codes_is_shown_no_count_that_holds_their_cases(
    study: World, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MOST_CASES", -1)
    with study.writing() as session:
        add_member(session, SYSTEM, study.project, study.user("amara"), "manager")
    client_for("dana").submit(AGREEMENT + "/count", page=AGREEMENT)
    Worker(study.database, study.settings).run_all()
    compared(study, "DHR-7", {"region": "wales"}, {"region": "south"})
    assert "Cases compared 6" in client_for("dana").page(AGREEMENT).words
    assert "Cases compared" not in client_for("amara").page(AGREEMENT).words


def test_a_question_that_helps_the_pairing_is_shown_with_rows_paired_without_it(
    study: World, client_for: ClientFor
) -> None:
    assert "With rows paired without this question" in client_for("dana").page(QUESTION + "victims.age").words
    assert "With rows paired" not in client_for("dana").page(QUESTION + "report.region").words
