"""Requests to one node, or to the balancer, over a connection that is kept."""

import base64
import http.client
import json
import urllib.parse


class Caller:
    def __init__(self, port, timeout=60):
        self.port, self.timeout = port, timeout
        self.connection = None
        # Of the last answer; empty where that was none.
        self.body = {}
        # The seconds after which it wants to be asked again, if it does.
        self.retry_after = None

    def token(self, client, secret, scope="item"):
        """The status of a request for a token, which is then in `body["access_token"]`."""
        return self.post("/oauth2/token", {"grant_type": "client_credentials", "client_id": client, "scope": scope,
                                           "client_secret": secret})

    def introspect(self, token, credentials):
        """The status of a question whether a token is active, which then is in `body["active"]`."""
        return self.post("/oauth2/introspect", {"token": token}, credentials)

    def revoke(self, token, credentials):
        return self.post("/oauth2/revoke", {"token": token}, credentials)

    def post(self, path, form, credentials=None):
        self.send_form(path, form, credentials)
        return self.receive()

    def get(self, path):
        self.send("GET", path)
        return self.receive()

    def send_form(self, path, form, credentials=None):
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if credentials:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(credentials).encode()).decode()
        self.send("POST", path, urllib.parse.urlencode(form), headers)

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def send(self, method, path, body=None, headers=None):
        try:
            if not self.connection:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.timeout)
            self.connection.request(method, path, body, headers or {})
        except (OSError, http.client.HTTPException):
            self.close()

    def receive(self):
        """The status of the answer to what was sent; 0 when there was none."""
        self.body, self.retry_after = {}, None
        try:
            if not self.connection:
                return 0
            answer = self.connection.getresponse()
            text = answer.read()
            if (seconds := answer.headers.get("Retry-After", "")).isdigit():
                self.retry_after = int(seconds)
            if answer.will_close:
                self.close()
        except (OSError, http.client.HTTPException):
            self.close()
            return 0
        try:
            self.body = json.loads(text)
        except ValueError:
            pass
        return answer.status
