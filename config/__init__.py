import os

# For programs, such as deploy.container.nginx, that read settings and do not start Django.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
