"""HAProxy before the nodes, set up as docs/operations.md says."""

import re

from caller import Caller
from processes import Process, free_port, wait_until

CONFIGURATION = """
global
  log stdout format raw local0
defaults
  mode http
  log global
  option dontlognull
  log-format "%[date(0,ms)] %Ta %s %ST %ts"
  timeout connect 2s
  timeout client 60s
  timeout server 30s
  # A request that a node did not answer goes to another: one for a token can be repeated.
  retries 3
  option redispatch 1
  retry-on conn-failure empty-response
frontend tokens
  bind 127.0.0.1:{port}
  default_backend nodes
backend nodes
  balance roundrobin
  option httpchk GET /.well-known/jwks.json
  http-check expect status 200
{servers}
"""


class Balancer:
    def __init__(self, folder, ports):
        self.port = free_port()
        servers = "\n".join(f"  server node{number} 127.0.0.1:{port} check inter 500ms fall 2 rise 1"
                            for number, port in enumerate(ports))
        path = f"{folder}/haproxy.cfg"
        with open(path, "w") as file:
            file.write(CONFIGURATION.format(port=self.port, servers=servers))
        self.process = Process("HAProxy", ["haproxy", "-db", "-f", path], f"{folder}/haproxy.log")

    def wait_until_ready(self):
        """Until it has seen each node answer, and passes requests on."""
        wait_until(lambda: Caller(self.port).get("/.well-known/jwks.json") == 200, 60,
                   f"HAProxy passes nothing on (see {self.process.log})")

    def failed_requests(self):
        """(when it came, node, status, how it ended) of each request that was not answered by 200. Those whose callers
        left are none: wrk ends so."""
        found = []
        with open(self.process.log) as file:
            for line in file:
                fields = re.match(r"(\d+) (\d+) (\S+) (-?\d+) (\S\S)$", line)
                if fields and fields[4] != "200" and not fields[5].startswith("C"):
                    found.append(((int(fields[1]) - int(fields[2])) / 1000, fields[3], int(fields[4]), fields[5]))
        return found
