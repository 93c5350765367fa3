"""Makes the database and the client."""

import django
from django.core.management import call_command

django.setup()
call_command("migrate", verbosity=0)

from oauth2_provider.models import Application

# Unhashed, which its documentation allows: with the default, PBKDF2 of a million rounds, it answers three requests a
# second and there would be nothing else to see.
Application.objects.create(
    name="bench", client_id="bench", client_secret="ECOTBQNP44IFPCVMQNSZ", hash_client_secret=False,
    client_type=Application.CLIENT_CONFIDENTIAL, authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS)
