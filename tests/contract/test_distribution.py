"""The distribution carries what it needs, and nobody else's package lies over ours."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import config

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("config", "schema", "forms", "exports", "webapp")
DATA = {".yaml", ".yml", ".html", ".css", ".js", ".svg", ".txt", ".lock", ".json", ".mako"}
PINNED = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)==([0-9][A-Za-z0-9.+]*)$")


#: Run in an unpacked wheel: opens the first page with all that it fetches, and reads every questionnaire.
TRY = """
import re
import sys
from pathlib import Path

import webapp
from schema.store.migrate import upgrade
from schema.template.loader import load_template
from schema.template.shipped import shipped_keys, shipped_template
from webapp.app import create_app
from webapp.opening import open_database
from webapp.settings import from_environment

here, data = Path(sys.argv[1]), Path(sys.argv[2])
assert Path(webapp.__file__).is_relative_to(here), webapp.__file__
settings = from_environment({}, data)
database = open_database(settings)
upgrade(database)
client = create_app(settings, database=database).test_client()
page = client.get("/set-up")
fetched = re.findall(r'<(?:link|script)[^>]*(?:href|src)="(/[^"]+)"', page.text)
answers = [page, *map(client.get, fetched)]
print(len(answers), {answer.status_code for answer in answers})
for key, version in shipped_keys():
    shipped = shipped_template(key, version)
    print(key, load_template(shipped.source, shipped.codelists).template is not None)
database.dispose()
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def wheel_names(wheel: Path) -> frozenset[str]:
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


@pytest.mark.parametrize("room", ROOMS)
def test_each_of_the_five_names_belongs_to_us_alone(room: str) -> None:
    # `schema`, `config` and `forms` are also public packages; installing one overwrites ours in silence.
    others = set(metadata.packages_distributions().get(room, ())) - {"tandem"}
    assert others == set()
    found = Path(str(importlib.import_module(room).__file__)).resolve()
    recorded = {Path(str(entry.locate())).resolve() for entry in metadata.files("tandem") or ()}
    assert found in recorded or found.is_relative_to(ROOT / room)


def test_the_command_is_installed() -> None:
    (command,) = metadata.entry_points(group="console_scripts", name="tandem")
    assert command.value == "webapp.cli:main"
    assert callable(command.load())


def test_the_wheel_holds_the_five_rooms_and_nothing_else(wheel_names: frozenset[str]) -> None:
    tops = {name.split("/")[0] for name in wheel_names}
    assert {top for top in tops if not top.endswith(".dist-info")} == set(ROOMS)


def test_the_wheel_holds_every_file_of_data(wheel_names: frozenset[str]) -> None:
    ours = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in (ROOT / room).rglob("*")
        if path.suffix in DATA and "__pycache__" not in path.parts
    }
    assert ours, "no data file was found, so this test proves nothing"
    assert sorted(ours - wheel_names) == []


def test_an_unpacked_wheel_serves_its_pages_and_reads_its_questionnaires(wheel: Path, tmp_path: Path) -> None:
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    ran = subprocess.run(
        [sys.executable, "-c", TRY, str(unpacked), str(tmp_path / "data")],
        cwd=unpacked,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    pages, *templates = ran.stdout.splitlines()
    assert int(pages.split()[0]) > 3
    assert pages.endswith("{200}")
    assert len(templates) >= 2
    assert all(line.endswith(" True") for line in templates)


def test_config_says_where_the_questionnaires_are() -> None:
    for folder in (config.templates_dir(), config.codelists_dir(), config.frameworks_dir()):
        assert any(folder.rglob("*.yaml")), f"{folder} holds no questionnaire"


def _constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    entries = [line for line in lines if line and not line.startswith("#")]
    unread = [line for line in entries if not PINNED.match(line)]
    assert unread == [], "constraints.txt holds names and exact versions only, no addresses"
    return {canonicalize_name(name): version for name, version in (line.split("==") for line in entries)}


def test_the_constraints_pin_every_dependency_within_its_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [
        Requirement(line) for line in [*project["dependencies"], *(one for some in extras for one in some)]
    ]
    pinned = _constraints()
    wrong = [
        f"{requirement}: pinned at {version or 'nothing'}"
        for requirement in wanted
        if requirement.name != "tandem"
        for version in [pinned.get(canonicalize_name(requirement.name), "")]
        if not version or version not in requirement.specifier
    ]
    assert wrong == []


#: The extras that a release may be run with; the others are for those who work on it.
RELEASED = ("analysis", "postgres", "s3", "server", "sso")
HASHED = re.compile(
    r"^([A-Za-z0-9._-]+)==([0-9][A-Za-z0-9.+]*)(?: ; [^\\]+)? \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)",
    re.M,
)


def _hashed() -> dict[str, str]:
    text = (ROOT / "docs" / "deploying" / "requirements.txt").read_text(encoding="utf-8")
    body = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    assert HASHED.sub("", body) == "", (
        "requirements.txt holds names, exact versions and hashes only, no addresses"
    )
    return {canonicalize_name(name): version for name, version, _ in HASHED.findall(body)}


def _below(name: str) -> list[Requirement]:
    """What a package itself says that it needs; nothing where it is not installed here."""
    try:
        return [Requirement(line) for line in metadata.requires(name) or ()]
    except metadata.PackageNotFoundError:
        return []


def _needed(requirements: list[Requirement], extras: tuple[str, ...] = ()) -> set[str]:
    """The names of what is needed here, and of what that needs in turn."""
    wanted: set[str] = set()
    for one in requirements:
        name = canonicalize_name(one.name)
        asked = not one.marker or any(one.marker.evaluate({"extra": extra}) for extra in ("", *extras))
        if asked and name not in wanted:
            wanted |= {name} | _needed(_below(name), tuple(one.extras))
    return wanted


def test_everything_that_a_release_needs_has_its_hashes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [
        *project["dependencies"],
        *(line for extra in RELEASED for line in project["optional-dependencies"][extra]),
    ]
    hashed, pinned = _hashed(), _constraints()
    anew = "run `make hashes`"
    assert {name: version for name, version in hashed.items() if pinned.get(name) != version} == {}, anew
    assert sorted(_needed([Requirement(line) for line in lines]) - set(hashed)) == [], anew
    assert len(hashed) > 50
