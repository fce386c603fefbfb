"""One document, one text, one hash."""

from __future__ import annotations

import hashlib

import pytest

from schema.answers.canonical import from_json, sha256, to_json
from schema.answers.document import Document, Evidence, Row
from schema.template.value import Invalid, Missing

DOCUMENT = Document(
    {
        "report": {
            "region": "wales",
            "csp": "Ynys Môn",
            "death_year": Missing("not_known"),
            "pages": Invalid("ten"),
        }
    },
    {"recommendations": (Row("r2", {"themes": ("T1", "T2")}), Row("r1", {}))},
    {"report.csp": Evidence("1", "“Ynys Môn”")},
)
TEXT = (
    '{"answers":{"recommendations":[{"id":"r2","values":{"themes":["T1","T2"]}},{"id":"r1","values":{}}],'
    '"report":{"csp":"Ynys Môn","death_year":{"missing":"not_known"},"pages":{"invalid":"ten"},"region":"wales"}},'
    '"evidence":{"report.csp":{"page":"1","quote":"“Ynys Môn”"}}}'
)


def test_the_text_is_the_one_that_was_written_down():
    assert to_json(DOCUMENT) == TEXT


def test_the_hash_is_that_of_the_text():
    assert sha256(DOCUMENT) == hashlib.sha256(TEXT.encode()).hexdigest()


def test_the_document_comes_back():
    assert from_json(TEXT) == DOCUMENT


def test_empty_sections_and_blank_values_say_nothing():
    assert to_json(
        Document({"report": {}, "homicide": {"csp": None}}, {"children": ()}, {"report.csp": Evidence()})
    ) == to_json(Document())


def test_the_order_of_rows_is_part_of_the_text_and_the_order_of_keys_is_not():
    turned = Document(groups={"g": (Row("a", {"x": 1, "y": 2}), Row("b"))})
    assert sha256(turned) == sha256(Document(groups={"g": (Row("a", {"y": 2, "x": 1}), Row("b"))}))
    assert sha256(turned) != sha256(Document(groups={"g": (Row("b"), Row("a", {"x": 1, "y": 2}))}))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_is_no_number_is_refused(number):
    with pytest.raises(ValueError):
        to_json(Document({"report": {"age": number}}))


def test_a_text_with_nan_is_refused():
    with pytest.raises(ValueError, match="NaN"):
        from_json('{"answers":{"report":{"age":NaN}},"evidence":{}}')


@pytest.mark.parametrize("text", ["", f" {TEXT}", f"{TEXT} ", f"{TEXT}{{}}", TEXT[:-1]])
def test_a_text_that_is_more_or_less_than_a_document_is_refused(text):
    with pytest.raises(ValueError, match=r"Expecting|stands after"):
        from_json(text)


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        ('"a"', "a"), ("3", 3), ("1.5", 1.5), ('["a","b"]', ("a", "b")), ("[]", ()), ("null", None),
        ('{"missing":"withheld"}', Missing("withheld")), ('{"invalid":"3O"}', Invalid("3O")),
    ],
)  # fmt: skip
def test_each_kind_of_value_is_read_in_sections_and_rows(plain, value):
    text = (
        f'{{"answers":{{"g":[{{"id":"r","values":{{"x":{plain}}}}}],"s":{{"x":{plain}}}}},"evidence":{{}}}}'
    )
    held = from_json(text)
    assert (held.sections["s"]["x"], held.groups["g"]) == (value, (Row("r", {"x": value}),))
    assert type(held.sections["s"]["x"]) is type(value)


@pytest.mark.parametrize(
    "plain", ["true", "[1]", '["a",["b"]]', "{}", '{"missing":1}', '{"missing":"a","x":"b"}', '{"x":"a"}']
)
def test_a_shape_that_no_value_has_is_refused(plain):
    with pytest.raises(ValueError, match=r"expected a text|true and false"):
        from_json(f'{{"answers":{{"s":{{"x":{plain}}}}},"evidence":{{}}}}')
