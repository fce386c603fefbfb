"""Who was killed, by whom, and which children there were: thirty-three households that add up to the published tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from random import Random

from webapp.sample import figures
from webapp.sample.codes import MINORITY_ETHNICITIES, band_of
from webapp.sample.dice import chance

YOUNGEST_VICTIM = 16
OLDEST_VICTIM = 71
YOUNGEST_PERPETRATOR = 18
OLDEST_PERPETRATOR = 65
_VICTIMS_WITH_BAND_ONLY = 2
_OTHERS_AGED = (
    YOUNGEST_VICTIM,
    60,
)  # two partners without children: the youngest, and one of sixty killed by the oldest


@dataclass(frozen=True)
class Person:
    """A victim or perpetrator; an age of None has a band instead, an ethnicity of None is not reported."""

    sex: str
    age: int | None = None
    band: str | None = None
    ethnicity: str | None = None


@dataclass(frozen=True)
class Child:
    """A child under 18 at the death; None means that the report does not say. The unborn have no age."""

    age: float | None = None
    unborn: bool = False
    sex: str | None = None
    ethnicity: str | None = None


@dataclass(frozen=True)
class Household:
    """The people of one case. No children means that the report gives no details of children."""

    homicide_type: str
    victim: Person
    perpetrator: Person
    children: tuple[Child, ...] = ()


def households(rng: Random) -> list[Household]:
    """Return 33 households in random order whose counts are those of `figures`."""
    drawn = [Household(kind, Person(victim), Person(other)) for kind, victim, other in figures.PAIRS]
    families = _families(rng)
    partners = [index for index, home in enumerate(drawn) if home.homicide_type == "iph"]
    for index, family in zip(rng.sample(partners, len(families)), families, strict=True):
        drawn[index] = replace(drawn[index], children=family)
    drawn = _with_ages(rng, _with_ethnicities(rng, drawn))
    rng.shuffle(drawn)
    return drawn


# ------------------------------------------------------------------------------------------- children


def _families(rng: Random) -> list[tuple[Child, ...]]:
    places = [(family, place) for family, size in enumerate(figures.FAMILY_SIZES) for place in range(size)]
    children = {place: Child() for place in places}
    _give_ages(rng, children, places)
    _give_sexes(rng, children, places)
    _give_minorities(rng, children)
    return [
        tuple(children[family, place] for place in range(size))
        for family, size in enumerate(figures.FAMILY_SIZES)
    ]


def _give_ages(rng: Random, children: dict[tuple[int, int], Child], places: list[tuple[int, int]]) -> None:
    siblings = [place for place in places if figures.FAMILY_SIZES[place[0]] > 1]
    unborn = rng.choice(siblings)
    children[unborn] = Child(unborn=True)
    born = [place for place in places if place != unborn]
    for place, age in zip(rng.sample(born, figures.BORN_WITH_AGE), _ages(rng), strict=True):
        children[place] = Child(age=age)


def _ages(rng: Random) -> list[float]:
    """Return the ages of the born children: half a year to 17, of the stated number and sum."""
    fixed: list[float] = [17, 0.5, 1.5]
    whole = [rng.randint(1, 15) for _ in range(figures.BORN_WITH_AGE - len(fixed))]
    short = round(figures.SUM_OF_AGES - sum(fixed)) - sum(whole)
    while short:
        index = rng.randrange(len(whole))
        step = 1 if short > 0 else -1
        if 1 <= whole[index] + step <= 16:
            whole[index] += step
            short -= step
    return [*fixed, *whole]


def _give_sexes(rng: Random, children: dict[tuple[int, int], Child], places: list[tuple[int, int]]) -> None:
    born = [place for place in places if not children[place].unborn]
    for place, sex in zip(rng.sample(born, len(figures.CHILD_SEXES)), figures.CHILD_SEXES, strict=True):
        children[place] = replace(children[place], sex=sex)


def _give_minorities(rng: Random, children: dict[tuple[int, int], Child]) -> None:
    sizes = dict(enumerate(figures.FAMILY_SIZES))
    minoritised = _fill(rng, sizes, figures.MINORITISED_CHILDREN)
    others = {family: size for family, size in sizes.items() if family not in minoritised}
    silent = _fill(rng, others, figures.CHILDREN_WITHOUT_ETHNICITY)
    group = {family: rng.choice(MINORITY_ETHNICITIES) for family in sorted(minoritised)}
    for (family, place), child in children.items():
        ethnicity = None if family in silent else group.get(family, "white_british")
        children[family, place] = replace(child, ethnicity=ethnicity)


def _fill(rng: Random, sizes: dict[int, int], total: int) -> set[int]:
    """Choose families whose sizes sum to `total`: larger ones in random order first, single children to fill up."""
    order = sorted(sizes, key=lambda family: (sizes[family] == 1, rng.random()))
    chosen: set[int] = set()
    for family in order:
        if sizes[family] <= total:
            chosen.add(family)
            total -= sizes[family]
    return chosen


# ------------------------------------------------------------------------------------------ ethnicity


def _with_ethnicities(rng: Random, drawn: list[Household]) -> list[Household]:
    victims = _victims_ethnicities(rng, drawn)
    perpetrators = _perpetrators_ethnicities(rng, drawn, victims)
    return [
        replace(
            home,
            victim=replace(home.victim, ethnicity=victims[index]),
            perpetrator=replace(home.perpetrator, ethnicity=perpetrators[index]),
        )
        for index, home in enumerate(drawn)
    ]


def _victims_ethnicities(rng: Random, drawn: list[Household]) -> list[str]:
    found = [_family_ethnicity(home) for home in drawn]
    childless = [index for index, home in enumerate(drawn) if not home.children]
    missing = len(drawn) - figures.WHITE_BRITISH_VICTIMS - sum(each != "white_british" for each in found)
    for number, index in enumerate(rng.sample(childless, missing)):
        found[index] = "white_other" if number == 0 else rng.choice(MINORITY_ETHNICITIES)
    return found


def _family_ethnicity(home: Household) -> str:
    return next((child.ethnicity for child in home.children if child.ethnicity), "white_british")


def _perpetrators_ethnicities(rng: Random, drawn: list[Household], victims: list[str]) -> list[str | None]:
    """Mostly the victim's own group; the published marginals differ from the victims', so a few couples are mixed."""
    found: list[str | None] = list(victims)
    minority = [index for index, each in enumerate(victims) if each != "white_british"]
    missing, *switched = rng.sample(minority, 3)
    found[missing] = None
    for index in switched:
        found[index] = "white_british"
    childless = [index for index, home in enumerate(drawn) if not home.children and index not in minority]
    surplus = sum(each == "white_british" for each in found) - figures.WHITE_BRITISH_PERPETRATORS
    for index in rng.sample(childless, surplus):
        found[index] = rng.choice(MINORITY_ETHNICITIES)
    return found


# ------------------------------------------------------------------------------------------------ age


def _with_ages(rng: Random, drawn: list[Household]) -> list[Household]:
    fixed = list(_OTHERS_AGED)
    parents = [OLDEST_VICTIM, 63]
    aged = []
    for home in drawn:
        if home.children:
            aged.append(_family_aged(rng, home))
        elif home.homicide_type == "iph":
            aged.append(_couple_aged(rng, home, fixed.pop() if fixed else rng.randint(19, 44)))
        else:
            parent = home.homicide_type == "afh" and bool(parents)
            aged.append(_kin_aged(rng, home, parents.pop() if parent else None))
    return _some_bands_only(rng, aged)


def _family_aged(rng: Random, home: Household) -> Household:
    oldest = max((child.age or 0 for child in home.children), default=0)
    age = int(oldest) + rng.randint(18, 28)
    return _aged(home, age, age + rng.randint(-4, 8))


def _couple_aged(rng: Random, home: Household, age: int) -> Household:
    if age == YOUNGEST_VICTIM:
        return _aged(home, age, YOUNGEST_PERPETRATOR)
    if age == max(_OTHERS_AGED):
        return _aged(home, age, OLDEST_PERPETRATOR)
    return _aged(home, age, age + rng.randint(-5, 9))


def _kin_aged(rng: Random, home: Household, parent: int | None) -> Household:
    if parent:
        return _aged(home, parent, parent - rng.randint(24, 32))
    age = rng.randint(26, 42)
    return _aged(home, age, age + rng.randint(-5, 5))


def _aged(home: Household, victim: int, perpetrator: int) -> Household:
    bounded = min(max(perpetrator, YOUNGEST_PERPETRATOR), OLDEST_PERPETRATOR)
    return replace(
        home, victim=replace(home.victim, age=victim), perpetrator=replace(home.perpetrator, age=bounded)
    )


def _some_bands_only(rng: Random, aged: list[Household]) -> list[Household]:
    ordinary = [index for index, home in enumerate(aged) if home.children]
    for number, index in enumerate(rng.sample(ordinary, _VICTIMS_WITH_BAND_ONLY + 1)):
        home = aged[index]
        if number < _VICTIMS_WITH_BAND_ONLY:
            aged[index] = replace(home, victim=_band_only(home.victim))
        else:
            aged[index] = replace(home, perpetrator=_band_only(home.perpetrator))
    return aged


def _band_only(person: Person) -> Person:
    return replace(person, age=None, band=band_of(person.age or YOUNGEST_PERPETRATOR))


def is_parent_of_perpetrator(home: Household) -> bool:
    """Return True where the victim of an adult family homicide is old enough to be the perpetrator's parent."""
    return (home.victim.age or 0) - (home.perpetrator.age or 0) > 20


def second_perpetrator(rng: Random, home: Household) -> Person | None:
    """Return a second perpetrator for the killing of a friend: present in the report, never in a table of row 1."""
    if home.homicide_type != "amicicide":
        return None
    age = min(
        max((home.perpetrator.age or 30) + rng.randint(-6, 3), YOUNGEST_PERPETRATOR), OLDEST_PERPETRATOR
    )
    ethnicity = home.perpetrator.ethnicity if chance(rng, 0.5) else None
    return Person("male", age=age, ethnicity=ethnicity)
