"""`.env.example` names what is read, all of it, and nothing else."""

import os
import re
from itertools import pairwise

import pytest
from django.conf import settings

from config.environment import Environment

EXAMPLE = settings.BASE_DIR / ".env.example"
VARIABLE = re.compile(r"#?([A-Z][A-Z0-9_]*)=")
IN_COMPOSE = re.compile(r"\$\{([A-Z0-9_]+):-")
# Not for people: the image and `make run` set them.
OF_A_RUN = {"SUPERVISORD_INCLUDE", "WEB_SOCKET", "BROKER_PORT"}
DEFAULT = re.compile(r"^#([A-Z][A-Z0-9_]*)=(.+)$", re.MULTILINE)
IN_IMAGE = re.compile(r"^\s+([A-Z][A-Z0-9_]*)=(\S+)", re.MULTILINE)
DERIVED = {"MEDIA_URL", "CACHE_URL"}  # by default from SCRIPT_NAME and REDIS_URL


def shown_defaults() -> list[tuple[str, str]]:
    """Return names and values of the lines that are commented out."""
    shown = DEFAULT.findall(EXAMPLE.read_text())
    return [(name, value) for name, value in shown if name not in DERIVED]


def documented() -> list[str]:
    lines = EXAMPLE.read_text().splitlines()
    return [found.group(1) for line in lines if (found := VARIABLE.match(line))]


def read() -> set[str]:
    compose = (settings.BASE_DIR / "docker-compose.yml").read_text()
    return {name.upper() for name in Environment.model_fields} - OF_A_RUN | set(
        IN_COMPOSE.findall(compose)
    )


class TestEnvExample:
    def test_names_every_variable_that_is_read_and_no_other(self):
        assert set(documented()) == read()

    def test_names_none_twice(self):
        assert len(documented()) == len(set(documented()))

    def test_says_of_each_what_it_means(self):
        lines = EXAMPLE.read_text().splitlines()

        for before, line in pairwise(lines):
            assert not VARIABLE.match(line) or before.startswith("# "), line

    @pytest.mark.parametrize(("name", "value"), shown_defaults())
    def test_shows_the_default_of_the_image_or_of_the_class(self, name, value, monkeypatch):
        image = dict(IN_IMAGE.findall((settings.BASE_DIR / "Dockerfile").read_text()))
        for variable in list(os.environ):
            monkeypatch.delenv(variable)
        monkeypatch.setenv("DEBUG", "True")
        default = getattr(Environment(), name.lower())
        monkeypatch.setenv(name, value)

        assert value == image.get(name) or getattr(Environment(), name.lower()) == default
