import re
import shutil
import subprocess
from pathlib import Path

import pytest

from config.environment import Environment
from core.http import wsgi
from deploy.container import nginx


@pytest.fixture
def rendered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def render(**variables: str) -> str:
        fixed = {"DEBUG": "True", "RUNTIME_DIR": str(tmp_path), "WEB_SOCKET": "gunicorn.sock"}
        for name, value in (fixed | variables).items():
            monkeypatch.setenv(name, value)
        return nginx.render(Environment(), is_root=False)

    return render


class TestRender:
    @pytest.mark.parametrize(
        ("host", "listen"),
        [
            ("127.0.0.1", "127.0.0.1:8000"),
            ("0.0.0.0", "0.0.0.0:8000"),
            ("::", "[::]:8000 ipv6only=off"),
            ("[::]", "[::]:8000 ipv6only=off"),
            ("::1", "[::1]:8000"),
            ("localhost", "localhost:8000"),
        ],
    )
    def test_listens_where_it_should(self, rendered, host, listen):
        assert f"listen {listen};" in rendered(HOST=host, PORT="8000")

    def test_limits_bodies_as_django_does(self, rendered):
        assert f"client_max_body_size {wsgi.max_body()};" in rendered()

    @pytest.mark.parametrize("name", ["Proto", "Host", "Port"])
    def test_passes_on_what_a_client_says_of_itself_behind_a_proxy_only(self, rendered, name):
        header = f"proxy_set_header X-Forwarded-{name}"

        assert f'{header} "";' in rendered(TRUSTED_PROXY="False")
        assert f"{header} $http_x_forwarded_{name.lower()};" in rendered(TRUSTED_PROXY="True")

    def test_passes_on_the_address_of_the_client(self, rendered):
        header = "proxy_set_header X-Forwarded-For"

        assert f"{header} $remote_addr;" in rendered(TRUSTED_PROXY="False")
        assert f"{header} $proxy_add_x_forwarded_for;" in rendered(TRUSTED_PROXY="True")

    def test_serves_images_out_of_the_folder_below_the_path(self, rendered, tmp_path):
        text = rendered(MEDIA_ROOT=str(tmp_path / "media"), SCRIPT_NAME="/shop.eu")

        assert f"alias {tmp_path}/media/$name;" in text
        assert r"^(?:/shop\.eu)?/media/" in text

    def test_leaves_images_in_a_bucket_to_django(self, rendered):
        assert "alias" not in rendered(S3_BUCKET="media")

    def test_writes_below_the_folder_of_the_runtime_alone(self, rendered, tmp_path):
        text = rendered()
        written = re.findall(r"^\s*(?:pid|\w+_temp_path) (\S+);", text, re.MULTILINE)

        assert len(written) == 8
        assert all(Path(path).parent == tmp_path / "nginx" for path in written)

    @pytest.mark.parametrize("variables", [{}, {"S3_BUCKET": "media"}], ids=["folder", "bucket"])
    def test_stores_no_body_sent_to_an_image_among_the_small_ones(
        self, rendered, tmp_path, variables
    ):
        text = rendered(**variables)

        path = f"client_body_temp_path {tmp_path}/nginx/large;"
        assert text.count(path) == 2

    def test_leaves_no_placeholder(self, rendered):
        assert "@{" not in rendered()

    @pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
    @pytest.mark.parametrize(
        "variables",
        [{}, {"HOST": "::"}, {"SCRIPT_NAME": "/shop", "TRUSTED_PROXY": "True"}, {"S3_BUCKET": "x"}],
        ids=str,
    )
    def test_is_understood_by_nginx(self, rendered, tmp_path, variables):
        (tmp_path / "nginx").mkdir()
        file = tmp_path / "nginx.conf"
        file.write_text(rendered(**variables))

        run = subprocess.run(
            ["nginx", "-t", "-e", "stderr", "-c", file], capture_output=True, text=True
        )

        assert "syntax is ok" in run.stderr, run.stderr
