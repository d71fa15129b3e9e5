"""Print the URLs of the service once `make run` has started it."""

import json
import sys
import time
from http.client import HTTPConnection, HTTPException

from config.environment import bracketed, load

TIMEOUT = 60  # seconds
MESSAGE = """
The catalog is up. Ctrl-C stops it. This is for development, on this machine alone: nothing stands
between clients and Python. Production is the image (`docker compose up --build`).

  API      {api}/api/products/
  Docs     {api}/api/docs/
  Redoc    {api}/api/redoc/
  Admin    {api}/admin/  (`make superuser` makes an account)
  Health   {api}/health/
  Flower   {flower}/

Create a product (the image is optional):

  curl -F name="Blue mug" -F price=12.50 -F image=@photo.jpg {api}/api/products/
"""


def unavailable_parts(host: str, port: int) -> list[str]:
    """Return the names of the failed health checks, or the API itself."""
    connection = HTTPConnection(host, port, timeout=3)
    try:
        connection.request("GET", "/health/")
        checks = json.load(connection.getresponse())["checks"]
    except (OSError, HTTPException, ValueError):
        return ["the API"]
    finally:
        connection.close()
    return [name for name, check in checks.items() if check["status"] != "ok"]


def main() -> None:
    environment = load()
    host, port = environment.local_host, environment.port
    deadline = time.monotonic() + TIMEOUT
    while (missing := unavailable_parts(host, port)) and time.monotonic() < deadline:
        time.sleep(0.2)
    if "the API" in missing:
        sys.exit(f"The API did not respond within {TIMEOUT} s; the lines above say why.")
    origin = f"http://{bracketed(host)}"
    urls = {"api": f"{origin}:{port}", "flower": f"{origin}:{environment.flower_port}"}
    print(MESSAGE.format(**urls))
    if missing:
        print(f"These checks fail: {', '.join(missing)}. Thumbnails are delayed until they pass.\n")


if __name__ == "__main__":
    main()
