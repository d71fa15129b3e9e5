import pytest
from django.contrib.auth.models import User

from tests.support.html_forms import form_errors, submit

pytestmark = pytest.mark.django_db


class TestAccounts:
    @pytest.mark.parametrize(
        "password", ["password", "12345678", "short", "mariner7", "qwertyuiop"]
    )
    def test_require_a_strong_password(self, admin_client, password: str):
        response = submit(
            admin_client,
            "/admin/auth/user/add/",
            username="mariner7",
            password1=password,
            password2=password,
        )

        assert "password2" in form_errors(response)
        assert not User.objects.filter(username="mariner7").exists()
