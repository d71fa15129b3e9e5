"""`python -m tests.chaos`: run the plans, print one table, fail when a goal is missed."""

import argparse
import sys
from importlib import import_module
from pathlib import Path
from time import monotonic

from tests.chaos.report import Figure, Scale, table


def number(path: Path) -> int:
    return int(path.stem.partition("_")[0][1:])


PLANS = {
    path.stem.partition("_")[0].upper(): path.stem
    for path in sorted(Path(__file__).parent.glob("g[0-9]*_*.py"), key=number)
}


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    parser.add_argument("plans", nargs="*", help=f"of {', '.join(PLANS)}; all, if none is named")
    parser.add_argument("--fast", action="store_true", help="each plan at a tenth")
    parser.add_argument("--scale", type=float, default=1.0, help="the part of each plan to do")
    parser.add_argument("--seed", type=int, default=4)
    return parser.parse_args()


def carry_out(name: str, scale: Scale) -> list[Figure]:
    """Run one plan; if it breaks, that is its figure."""
    plan = import_module(f"tests.chaos.{PLANS[name]}")
    print(f"\n{plan.__doc__}", flush=True)
    start = monotonic()
    try:
        figures = plan.run(scale)
    except Exception as error:  # noqa: BLE001 -- the other plans have something to tell, too
        figures = [Figure("the plan itself", f"{type(error).__name__}: {error}", "runs", False)]
    for figure in figures:
        print(f"  {figure.what}: {figure.value} (goal: {figure.goal})")
    print(f"  [{monotonic() - start:.0f} s]", flush=True)
    return figures


def main() -> None:
    options = arguments()
    scale = Scale(0.1 if options.fast else options.scale, options.seed)
    names = [name.upper() for name in options.plans] or list(PLANS)
    start = monotonic()
    lines = [(name, figure) for name in names for figure in carry_out(name, scale)]
    print(f"\nScale {scale.part:g}, seed {scale.seed}, {monotonic() - start:.0f} s.\n")
    print(table(lines))
    sys.exit(not all(figure.is_met for _, figure in lines))


if __name__ == "__main__":
    main()
