"""Makes the database and the client."""

import django
from django.core.management import call_command

django.setup()
call_command("migrate", verbosity=0)

from oauth2_provider.models import Application

# Unhashed, which its documentation allows: by default each request would compute PBKDF2 of a million rounds, and that
# would be all there is to see.
Application.objects.create(
    name="bench", client_id="bench", client_secret="ECOTBQNP44IFPCVMQNSZ", hash_client_secret=False,
    client_type=Application.CLIENT_CONFIDENTIAL, authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS)
