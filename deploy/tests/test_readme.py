"""The table of variables in `README.md`, compared with the class that reads them."""

import re

import pytest
from django.conf import settings

from config.environment import Environment

CODE = re.compile(r"`([^`]+)`")
# Set by the image and by `make run`, not by operators.
INTERNAL = {"SUPERVISORD_INCLUDE", "WEB_SOCKET", "BROKER_PORT"}
OF_COMPOSE = {"POSTGRES_PASSWORD"}


def rows() -> list[tuple[list[str], str]]:
    """Return the names and the cell with the defaults of each row."""
    readme = (settings.BASE_DIR / "README.md").read_text()
    section = readme.partition("\n## Configuration\n")[2].partition("\n## ")[0]
    cells = [line.split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return [(CODE.findall(names), default) for names, default, *_ in cells]


def names() -> list[str]:
    return [name for row, _ in rows() for name in row]


def literal_defaults() -> dict[str, str]:
    """Return the defaults of the rows that consist of values and nothing else."""
    return {
        name: value
        for row, cell in rows()
        if not CODE.sub("", cell).strip(", ")
        for name, value in zip(row, CODE.findall(cell), strict=True)
        if value not in names()
    }


class TestConfigurationTable:
    def test_lists_every_variable_once(self):
        read = {name.upper() for name in Environment.model_fields} - INTERNAL | OF_COMPOSE

        assert sorted(names()) == sorted(read)

    @pytest.mark.parametrize("name", sorted(literal_defaults().keys() - OF_COMPOSE))
    def test_shows_the_default_of_the_class(self, name: str):
        default = Environment.model_fields[name.lower()].default

        assert literal_defaults()[name].rstrip("/") == str(default).rstrip("/")
