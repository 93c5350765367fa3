// An API to put behind a gateway: answers every request with what it was told, as JSON. Usage: echo-api.mjs PORT
import http from "node:http";

// Node has names and values in one flat list.
const pairs = (flat) => flat.filter((_, index) => index % 2 === 0).map((name, index) => [name, flat[2 * index + 1]]);

http
  .createServer((request, response) => {
    request.resume().on("end", () => {
      response.setHeader("Content-Type", "application/json");
      const [headers, trailers] = [pairs(request.rawHeaders), pairs(request.rawTrailers)];
      response.end(JSON.stringify({ method: request.method, target: request.url, headers, trailers }));
    });
  })
  .listen(Number(process.argv[2]), "127.0.0.1");
