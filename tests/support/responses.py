"""What tests read from responses."""

from rest_framework.response import Response
from rest_framework.test import APIClient


def result_names(response: Response) -> list[str]:
    """Return the names of a page's results, in their order."""
    return [result["name"] for result in response.json()["results"]]


def error_codes(response: Response) -> dict[str, str]:
    """Return the code of each error by its pointer or parameter."""
    return {
        error.get("pointer") or error["parameter"]: error["code"]
        for error in response.json()["errors"]
    }


def list_names(api: APIClient, url: str = "/api/products/", **parameters: str) -> list[str]:
    """Return the names of a list's results, ordered by name unless the parameters say otherwise."""
    response = api.get(url, {"ordering": "name", **parameters})
    assert response.status_code == 200, response.json()
    return result_names(response)
