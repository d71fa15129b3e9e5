"""The programs of the container, imported as supervisord starts them: with few variables."""

import os
import subprocess
import sys

import pytest

from config.environment.values import ROOT


class TestPrograms:
    @pytest.mark.parametrize("name", ["beat", "flowerconfig", "healthcheck", "nginx", "web"])
    def test_find_the_settings_without_a_variable(self, name):
        environment = {"PATH": os.environ["PATH"], "DEBUG": "True"}

        subprocess.run(
            [sys.executable, "-c", f"import deploy.container.{name}"],
            cwd=ROOT, env=environment, check=True,
        )  # fmt: skip
