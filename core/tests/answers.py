"""What tests read out of answers."""

from rest_framework.response import Response


def names(response: Response) -> list[str]:
    return [product["name"] for product in response.json()["results"]]


def codes(response: Response) -> dict[str, str]:
    return {
        error.get("pointer") or error["parameter"]: error["code"]
        for error in response.json()["errors"]
    }
