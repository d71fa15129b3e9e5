"""The order of operations on a page that shows them."""

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")


def page_order(endpoint: tuple) -> tuple:
    """Sort so that the examples of a page can be tried from its top to its bottom.

    Within a resource: its collection; what is below one object; the object, whose deletion comes
    last; its restoration. Plugged in as drf-spectacular's `SORT_OPERATIONS`.
    """
    path, _, method, _ = endpoint
    collection, _, below = path.partition("{slug}/")
    if "{slug}" not in path:
        stage = 0
    elif below == "restore/":
        stage = 3
    else:
        stage = 1 if below else 2
    resource = collection.strip("/").split("/")[1:2]
    return resource, stage, path, METHODS.index(method)
