"""What tests read out of answers."""

from rest_framework.response import Response
from rest_framework.test import APIClient


def names(response: Response) -> list[str]:
    return [product["name"] for product in response.json()["results"]]


def codes(response: Response) -> dict[str, str]:
    return {
        error.get("pointer") or error["parameter"]: error["code"]
        for error in response.json()["errors"]
    }


def found(api: APIClient, url: str = "/api/products/", **parameters: str) -> list[str]:
    """Return the names of what a list finds, in their order."""
    response = api.get(url, {"ordering": "name", **parameters})
    assert response.status_code == 200, response.json()
    return names(response)
