import ipaddress
import math
from collections import OrderedDict, namedtuple
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db.models import TextChoices
from django.http import QueryDict
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.renderers import JSONRenderer
from rest_framework.utils.serializer_helpers import ReturnDict, ReturnList

from core.api.renderers import ORJSONRenderer, render_json

Pair = namedtuple("Pair", "first second")


class Color(TextChoices):
    RED = "red", "Red"


class Text(str):
    """A string that is not written as it is printed."""

    def __str__(self) -> str:
        return "other"


def moved() -> OrderedDict[str, int]:
    """Return an ordered dictionary whose order is not that of its insertions."""
    values = OrderedDict(a=1, b=2)
    values.move_to_end("a")
    return values


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.characters(max_codepoint=0x2030)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.uuids()
    | st.datetimes(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=2))]))
    | st.dates()
    | st.times()
    | st.timedeltas()
    | st.ip_addresses()
)
DATA = st.recursive(
    SCALARS,
    lambda children: st.lists(children)
    | st.lists(children).map(tuple)
    | st.dictionaries(st.text(), children)
    | st.dictionaries(st.integers() | st.booleans() | st.none(), children),
)


def drf(data: Any) -> bytes:
    return JSONRenderer().render(data)


def outcome(render: Callable[[Any], bytes], data: Any) -> bytes | type[Exception]:
    try:
        return render(data)
    except Exception as error:  # noqa: BLE001 -- the class is compared
        return type(error)


class TestRenderJson:
    @given(data=DATA)
    def test_equals_drf(self, data: Any):
        assert outcome(render_json, [data]) == outcome(drf, [data])

    @given(number=st.floats())
    def test_writes_floats_as_python_does(self, number: float):
        assert outcome(render_json, [number]) == outcome(drf, [number])

    @pytest.mark.parametrize(
        "data",
        [
            "\u2028\u2029",
            '\x00\x1f\x7f"\\/\b\f\n\r\t\u20ac\U0001f600',
            {"\u2028": "\u2029"},
            1e-05,
            {"a": {"b": [1e-07, (1e16, 1e22)]}},
            2**64,
            -(2**63) - 1,
            {2: 1, True: 2, None: 3, 1.5: 4},
            Decimal("0.00001"),
            [Decimal("1E+30"), Decimal("10.50")],
            datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
            datetime(2026, 1, 2, 3, 4, 5, 600_000, tzinfo=timezone(timedelta(hours=2))),
            [date(2026, 1, 2), time(3, 4), timedelta(seconds=1.5)],
            UUID(int=1),
            ipaddress.ip_network("10.0.0.0/8"),
            gettext_lazy("Yes"),
            mark_safe("<b>"),
            Color.RED,
            {Color.RED: Color.RED},
            Text("text"),
            Pair(1, 1e-05),
            moved(),
            QueryDict("a=1&a=2"),
            ReturnDict(
                {"a": ReturnList([1e-05, Decimal("1.5")], serializer=None)}, serializer=None
            ),
            {"a": b"bytes"},
        ],
    )
    def test_equals_drf_for_special_values(self, data: Any):
        assert render_json(data) == drf(data)

    @pytest.mark.parametrize("value", [math.nan, -math.inf, Decimal("NaN"), "\ud800"])
    def test_rejects_what_json_cannot_express(self, value: Any):
        with pytest.raises(ValueError, match=r"JSON compliant|surrogates"):
            render_json({"a": [value]})

    @pytest.mark.parametrize("value", [object(), time(1, tzinfo=UTC)])
    def test_raises_the_error_of_drf_for_other_objects(self, value: Any):
        assert outcome(render_json, value) == outcome(drf, value) != b""

    def test_renders_an_iterator_once_and_whole(self):
        assert render_json({"a": iter([1e-05, 2])}) == b'{"a":[1e-05,2]}'


class TestORJSONRenderer:
    def test_renders_nothing_for_none(self):
        assert ORJSONRenderer().render(None) == b""

    @pytest.mark.parametrize("media_type", [None, "application/json"])
    def test_renders_compact_json(self, media_type: str | None):
        assert ORJSONRenderer().render({"a": [1, 2]}, media_type, {}) == b'{"a":[1,2]}'

    def test_indents_as_the_client_asks(self):
        media_type = "application/json; indent=2"

        assert ORJSONRenderer().render({"a": 1}, media_type, {}) == b'{\n  "a": 1\n}'

    def test_indents_as_the_context_says(self):
        assert ORJSONRenderer().render({"a": 1}, None, {"indent": 1}) == b'{\n "a": 1\n}'
