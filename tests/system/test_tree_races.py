"""Concurrent requests on the tree and its products have the outcome of some order of them."""

from random import Random
from threading import Barrier
from typing import Any

import pytest

from categories.models import Category
from categories.services import delete_category, delete_category_tree
from categories.tests.factories import make_category
from core.models import SlugRedirect
from products.models import Product
from products.services import delete_product
from products.tests.factories import make_product
from tests.support.concurrency import run_concurrently
from tests.support.races import Purge, Step, model_of_database, possible_outcomes, visible_state

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 5


def make_catalog() -> dict[str, str]:
    """Create a tree with a product in each category but one; return ids by slug.

    The attic is deleted, but not its product; the cellar is deleted with all it contains.
    """
    Product.all_objects.all().hard_delete()
    Category.all_objects.update(parent=None)
    Category.all_objects.all().hard_delete()
    SlugRedirect.objects.all().delete()
    ids, parents = {}, {"mugs": "kitchen", "tea": "mugs", "wine": "cellar"}
    for slug in ("kitchen", "mugs", "tea", "garden", "attic", "cellar", "wine", "empty"):
        parent = Category.objects.filter(slug=parents.get(slug, "")).first()
        category = make_category(slug, slug=slug, parent=parent)
        ids[slug] = str(category.pk)
        if slug != "empty":
            product = make_product(name=f"in-{slug}", slug=f"in-{slug}", category=category)
            ids[f"in-{slug}"] = str(product.pk)
    lost = make_product(name="lost", slug="lost", category=Category.objects.get(slug="mugs"))
    ids["lost"] = str(lost.pk)
    delete_product(lost)
    delete_category(Category.objects.get(slug="attic"))
    delete_category_tree(Category.objects.get(slug="cellar"))
    return ids


def run_race(*steps: Step | Purge) -> None:
    """Send requests concurrently, and check that some order of them has the same outcome."""
    before, barrier = model_of_database(), Barrier(len(steps))

    def send(api: Any, step: Step | Purge) -> Any:
        barrier.wait(timeout=10)
        return step.send(api)

    responses = run_concurrently(send, steps, threads=len(steps))
    statuses = [response and response.status_code for response in responses]
    found = (statuses, visible_state(model_of_database()))
    possible = list(possible_outcomes(before, steps))
    assert found in possible, describe_differences(found, possible)


def describe_differences(found: tuple, possible: list[tuple]) -> str:
    lines = [f"responded {found[0]}"]
    for statuses, state in possible:
        lines += [f"an order responds {statuses}, lacks {found[1] - state}, has {state - found[1]}"]
    return "\n".join(lines)


# Each step: an action, a resource, a row (- is a new one) and a category.
PAIRS = [
    "restrict category empty | create product - empty",
    "restrict category empty | create category - empty",
    "restrict category empty | move product in-garden empty",
    "restrict category empty | move category garden empty",
    "restrict category garden | move product in-garden tea",
    "cascade category kitchen | create product - tea",
    "cascade category kitchen | create category - tea",
    "cascade category kitchen | move product in-garden mugs",
    "cascade category kitchen | move product in-tea garden",
    "cascade category kitchen | move category garden tea",
    "cascade category kitchen | move category mugs garden",
    "cascade category mugs | restore product lost",
    "cascade category kitchen | cascade category tea",
    "cascade category kitchen | delete product in-tea",
    "detach category tea | create product - tea",
    "detach category tea | create category - tea",
    "detach category tea | move category garden tea",
    "detach category mugs | cascade category kitchen",
    "detach category attic | restore category attic",
    "restore category cellar | restore category wine",
    "restore category cellar | restore product in-wine",
    "restore category attic | create category - - attic",
    "move category garden tea | move category kitchen garden",
]
PURGES = [
    "purge category | restore category attic",
    "purge category | restore category cellar",
    "purge category | restore product in-cellar",
    "purge category | create product - attic",
    "purge category | create product - tea",
    "purge category | move product in-attic tea",
    "purge category | detach category tea",
    "purge category | cascade category kitchen",
    "purge product | restore product lost",
    "purge product | restore category cellar",
    "purge product | cascade category kitchen",
]


def step(ids: dict[str, str], words: str) -> Step | Purge:
    action, resource, *rest = words.split()
    slug, to, name = [*rest, *["-", "-", "new"][len(rest) :]]
    if action == "purge":
        return Purge(resource)
    return Step(action, resource, ids.get(slug, ""), ids.get(to), name)


@pytest.mark.parametrize("pair", [*PAIRS, *PURGES])
def test_a_pair_has_the_outcome_of_some_order(pair: str):
    for _ in range(ROUNDS):
        ids = make_catalog()
        run_race(*(step(ids, words) for words in pair.split(" | ")))


def random_step(random: Random, ids: dict[str, str], number: int) -> Step | Purge:
    """Return a random request on the tree or on the products in it."""
    resource = random.choice(["category", "product"])
    slugs = [slug for slug in ids if slug.startswith("in-") == (resource == "product")]
    categories = [slug for slug in ids if not slug.startswith("in-") and slug != "lost"]
    strategies = ["detach", "restrict", "cascade"] if resource == "category" else ["delete"]
    action = random.choice(["create", "move", *strategies, "restore", "purge"])
    chosen = random.choice(slugs if resource == "product" else categories)
    slug = "-" if action == "create" else chosen
    return step(ids, f"{action} {resource} {slug} {random.choice(categories)} new-{number}")


def run_random_race(seed: int, requests: int) -> None:
    random, ids = Random(seed), make_catalog()
    run_race(*(random_step(random, ids, number) for number in range(requests)))


@pytest.mark.parametrize("seed", range(40))
def test_two_random_requests_have_the_outcome_of_some_order(seed: int):
    run_random_race(seed, 2)


@pytest.mark.parametrize("seed", range(20))
def test_three_random_requests_have_the_outcome_of_some_order(seed: int):
    run_random_race(seed, 3)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_thousand_random_pairs_and_quartets_have_the_outcome_of_some_order():
    for seed in range(1000):
        run_random_race(seed, 2 if seed % 2 else 4)
