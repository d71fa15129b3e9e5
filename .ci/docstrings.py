"""Report docstrings that do not begin as the field's own documentation does.

A docstring says what is returned, raised or changed. Verbs that say only that something
is handed over leave that to the reader.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

REJECTED = {"Give", "Gives", "Let", "Lets", "Take", "Takes", "Tell", "Tells"}
DOCUMENTED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def rejected_docstrings(path: Path) -> Iterator[str]:
    """Yield a line for each docstring of the file that begins with one of `REJECTED`."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        docstring = ast.get_docstring(node) if isinstance(node, DOCUMENTED) else None
        first_word = (docstring or "").split(maxsplit=1)[:1]
        if REJECTED.intersection(first_word):
            line = node.body[0].lineno
            yield f"{path}:{line}: a docstring begins with {first_word[0]}."


if __name__ == "__main__":
    lines = [line for name in sys.argv[1:] for line in rejected_docstrings(Path(name))]
    sys.exit("\n".join(lines) or None)
