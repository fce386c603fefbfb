"""The page of drift shows what is followed, and nothing of open cases that a manager codes."""

from __future__ import annotations

from collections.abc import Callable

from click.testing import CliRunner

from tests.support.policing import PolicingClient
from tests.support.reconciling import as_second, extract, submitted_case
from tests.support.world import World
from webapp.cli import main

ClientFor = Callable[[str], PolicingClient]
DRIFT = "/projects/pilot/agreement/drift"


def test_a_flip_is_raised_on_the_page_and_by_the_command(world: World, client_for: ClientFor) -> None:
    dana = client_for("dana")
    assert "Nothing can be followed yet" in dana.page(DRIFT).words
    for number in range(1, 26):
        other = "south" if number > 20 else "wales"
        a, b = extract({"region": "wales"}), as_second(extract({"region": other}))
        submitted_case(world, a, b, f"DHR-{number:02}")
    page = dana.page(DRIFT)
    assert "Raised at DHR-24" in page.words
    assert "Region: Amara Okafor and Ben Whitfield" in page.words
    assert len([one for one in page.root.iter() if one.tag.endswith("polyline")]) == 3
    settings = {"TANDEM_DATABASE_URL": world.settings.database_url, "TANDEM_DATA_DIR": str(world.folder)}
    secret = {"TANDEM_SECRET_KEY": world.settings.secret_key}
    done = CliRunner().invoke(main, ["drift", "pilot"], env=settings | secret)
    assert "3 raised." in done.output
    assert "report.region: Amara Okafor and Ben Whitfield: raised at DHR-24" in done.output
