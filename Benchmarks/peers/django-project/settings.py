"""The smallest project around django-oauth-toolkit."""

import os

DEBUG = False
SECRET_KEY = "of a benchmark, and worth nothing"
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "urls"
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = ["django.contrib.auth", "django.contrib.contenttypes", "oauth2_provider"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.path.join(os.getcwd(), "db.sqlite"),
        "CONN_MAX_AGE": None,
        # Otherwise two writers at a time fail at once.
        "OPTIONS": {"timeout": 20, "transaction_mode": "IMMEDIATE"},
    }
}
OAUTH2_PROVIDER = {"SCOPES": {"item": "BO data"}, "ACCESS_TOKEN_EXPIRE_SECONDS": 3600}
