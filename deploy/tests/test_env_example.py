"""`.env.example` names what is read, all of it, and nothing else."""

import re
from itertools import pairwise
from pathlib import Path

from django.conf import settings

EXAMPLE = settings.BASE_DIR / ".env.example"
VARIABLE = re.compile(r"#?([A-Z][A-Z0-9_]*)=")
READ = [
    re.compile(r'env\.\w+\(\s*"([A-Z0-9_]+)"'),  # config/env.py's readers
    re.compile(r"\$\{([A-Z0-9_]+):-"),  # shell and Compose
]
READERS = ["config/settings.py", "entrypoint.sh", "docker-compose.yml", "deploy/*.py"]
OF_A_RUN = {"SUPERVISORD_INCLUDE"}  # not for people: `make run` adds programs with it


def documented() -> list[str]:
    lines = EXAMPLE.read_text().splitlines()
    return [found.group(1) for line in lines if (found := VARIABLE.match(line))]


def read() -> set[str]:
    files: list[Path] = [file for name in READERS for file in settings.BASE_DIR.glob(name)]
    source = "\n".join(file.read_text() for file in files)
    return {name for pattern in READ for name in pattern.findall(source)} - OF_A_RUN


class TestEnvExample:
    def test_names_every_variable_that_is_read_and_no_other(self):
        assert set(documented()) == read()

    def test_names_none_twice(self):
        assert len(documented()) == len(set(documented()))

    def test_says_of_each_what_it_means(self):
        lines = EXAMPLE.read_text().splitlines()

        for before, line in pairwise(lines):
            assert not VARIABLE.match(line) or before.startswith("# "), line
