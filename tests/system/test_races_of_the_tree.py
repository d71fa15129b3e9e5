"""Any requests at once on the tree and its products come out as some order of them."""

from random import Random
from threading import Barrier
from typing import Any

import pytest

from categories.models import Category
from categories.services import delete_category, delete_category_tree
from categories.tests.factories import make_category
from core.models import FormerSlug
from products.models import Product
from products.services import delete_product
from products.tests.factories import make_product
from tests.support.orders import Purge, Step, modeled, outcomes, seen
from tests.support.parallel import at_once

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]

ROUNDS = 5


def open_shop() -> dict[str, str]:
    """Make a tree with a product in each category, but for an empty one; return ids by slug.

    The attic is deleted and its product live, the cellar is deleted with all that is in it.
    """
    Product.all_objects.all().hard_delete()
    Category.all_objects.update(parent=None)
    Category.all_objects.all().hard_delete()
    FormerSlug.objects.all().delete()
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


def race(*steps: Step | Purge) -> None:
    """Send requests at once, and hold what came of it against every order of them."""
    before, barrier = modeled(), Barrier(len(steps))

    def send(api: Any, step: Step | Purge) -> Any:
        barrier.wait(timeout=10)
        return step.send(api)

    responses = at_once(send, steps, threads=len(steps))
    statuses = [response and response.status_code for response in responses]
    found = (statuses, seen(modeled()))
    possible = list(outcomes(before, steps))
    assert found in possible, differences(found, possible)


def differences(found: tuple, possible: list[tuple]) -> str:
    lines = [f"answered {found[0]}"]
    for statuses, state in possible:
        lines += [f"an order answers {statuses}, lacks {found[1] - state}, has {state - found[1]}"]
    return "\n".join(lines)


# Each step: what is done, to which kind of row, to which (- is a new one), in which category.
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
    action, kind, *rest = words.split()
    slug, to, name = [*rest, *["-", "-", "new"][len(rest) :]]
    if action == "purge":
        return Purge(kind)
    return Step(action, kind, ids.get(slug, ""), ids.get(to), name)


@pytest.mark.parametrize("pair", [*PAIRS, *PURGES])
def test_a_pair_comes_out_as_one_after_the_other(pair: str):
    for _ in range(ROUNDS):
        ids = open_shop()
        race(*(step(ids, words) for words in pair.split(" | ")))


def any_step(random: Random, ids: dict[str, str], number: int) -> Step | Purge:
    """Draw a request on the tree or on the products in it."""
    kind = random.choice(["category", "product"])
    slugs = [slug for slug in ids if slug.startswith("in-") == (kind == "product")]
    categories = [slug for slug in ids if not slug.startswith("in-") and slug != "lost"]
    strategies = ["detach", "restrict", "cascade"] if kind == "category" else ["delete"]
    action = random.choice(["create", "move", *strategies, "restore", "purge"])
    chosen = random.choice(slugs if kind == "product" else categories)
    slug = "-" if action == "create" else chosen
    return step(ids, f"{action} {kind} {slug} {random.choice(categories)} new-{number}")


def run_any(seed: int, requests: int) -> None:
    random, ids = Random(seed), open_shop()
    race(*(any_step(random, ids, number) for number in range(requests)))


@pytest.mark.parametrize("seed", range(40))
def test_any_two_come_out_in_some_order(seed: int):
    run_any(seed, 2)


@pytest.mark.parametrize("seed", range(20))
def test_any_three_come_out_in_some_order(seed: int):
    run_any(seed, 3)


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_a_thousand_pairs_and_quartets_come_out_in_some_order():
    for seed in range(1000):
        run_any(seed, 2 if seed % 2 else 4)
