"""The smallest Authlib server that keeps its clients and tokens in SQLite."""

import os
import time

# Authlib insists on https otherwise; the load comes from this machine.
os.environ["AUTHLIB_INSECURE_TRANSPORT"] = "1"

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.integrations.sqla_oauth2 import (
    OAuth2ClientMixin,
    OAuth2TokenMixin,
    create_query_client_func,
    create_save_token_func,
)
from authlib.oauth2.rfc6749 import grants
from flask import Flask
from flask_sqlalchemy import SQLAlchemy

app = Flask(__name__)
app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{os.getcwd()}/db.sqlite"
app.config["OAUTH2_TOKEN_EXPIRES_IN"] = {"client_credentials": 3600}
database = SQLAlchemy(app)


class Client(database.Model, OAuth2ClientMixin):
    id = database.Column(database.Integer, primary_key=True)


class Token(database.Model, OAuth2TokenMixin):
    id = database.Column(database.Integer, primary_key=True)
    user_id = database.Column(database.Integer)


class ClientCredentials(grants.ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]


with app.app_context():
    database.create_all()
    if not Client.query.filter_by(client_id="bench").first():
        client = Client(client_id="bench", client_secret="ECOTBQNP44IFPCVMQNSZ", client_id_issued_at=int(time.time()))
        client.set_client_metadata({
            "grant_types": ["client_credentials"], "scope": "item", "token_endpoint_auth_method": "client_secret_post"})
        database.session.add(client)
        database.session.commit()

server = AuthorizationServer(
    app,
    query_client=create_query_client_func(database.session, Client),
    save_token=create_save_token_func(database.session, Token),
)
server.register_grant(ClientCredentials)


@app.route("/oauth/token", methods=["POST"])
def token():
    return server.create_token_response()
