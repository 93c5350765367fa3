// What oauth4webapi 3 sends and what it asks of answers, by the functions of the web that it stands on. The package itself is
// in neither Debian nor PyPI: this is what its source says of private_key_jwt, DPoP, and its checks of what comes back.
//
// Usage: node oauth4webapi-rules.mjs ISSUER CLIENT-ID JWK-FILE API, with the credentials of a resource server, ID:SECRET,
// in RESOURCE_SERVER. Fails by an exception.
import assert from "node:assert";
import { readFileSync } from "node:fs";

const [issuer, clientID, keyFile, api] = process.argv.slice(2);
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const base64url = (bytes) => Buffer.from(bytes).toString("base64url");
const now = () => Math.floor(Date.now() / 1000);
const jti = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

async function sign(header, payload, key) {
  const input = [header, payload].map((part) => base64url(JSON.stringify(part))).join(".");
  return `${input}.${base64url(await crypto.subtle.sign(algorithm, key, Buffer.from(input)))}`;
}

// --- What it sends ---

const jwk = JSON.parse(readFileSync(keyFile));
const clientKey = await crypto.subtle.importKey("jwk", jwk, algorithm, false, ["sign"]);
const otherKey = (await crypto.subtle.generateKey(algorithm, false, ["sign"])).privateKey;
const proofKey = await crypto.subtle.generateKey(algorithm, true, ["sign"]);
const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", proofKey.publicKey);
const nonces = new Map();

async function assertion(key) {
  const time = now();
  const claims = { jti: jti(), aud: issuer, exp: time + 60, iat: time, nbf: time, iss: clientID, sub: clientID };
  return {
    client_id: clientID,
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: await sign({ alg: "ES256", kid: jwk.kid }, claims, key),
  };
}

async function send(url, method, { form, token, headers = {} } = {}) {
  const { origin, pathname } = new URL(url);
  const ath = token && base64url(await crypto.subtle.digest("SHA-256", Buffer.from(token)));
  const claims = { iat: now(), jti: jti(), htm: method, nonce: nonces.get(origin), htu: origin + pathname, ath };
  headers = { accept: "application/json", ...headers };
  headers.dpop = await sign({ alg: "ES256", typ: "dpop+jwt", jwk: { kty, crv, x, y } }, claims, proofKey.privateKey);
  if (form) headers["content-type"] = "application/x-www-form-urlencoded;charset=UTF-8";
  if (token) headers.authorization = `DPoP ${token}`;
  const body = form && new URLSearchParams(form);
  const answer = await fetch(url, { method, headers, body, redirect: "manual" });
  if (answer.headers.get("dpop-nonce")) nonces.set(origin, answer.headers.get("dpop-nonce"));
  return answer;
}

// --- What it checks ---

// The challenges of WWW-Authenticate, each with its scheme and parameters in small letters.
function challenges(answer) {
  const field = answer.headers.get("www-authenticate");
  if (field === null) return undefined;
  const found = [];
  for (const [, scheme, parameters] of field.matchAll(/(?:^|,\s*)([A-Za-z][\w-]*) ((?:[\w-]+="[^"]*"(?:, ?)?)*)/g)) {
    const pairs = [...parameters.matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name, value]) => [name.toLowerCase(), value]);
    found.push({ scheme: scheme.toLowerCase(), parameters: Object.fromEntries(pairs) });
  }
  assert(found.length > 0, `a challenge that it cannot read: ${field}`);
  return found;
}

async function json(answer, status = 200) {
  assert.strictEqual(answer.status, status);
  assert.strictEqual(answer.headers.get("content-type").split(";")[0], "application/json");
  const body = await answer.json();
  assert(body !== null && typeof body === "object" && !Array.isArray(body), "no object");
  return body;
}

// The error of the body, where no challenge comes before it.
async function bodyError(answer) {
  assert(answer.status > 399 && answer.status < 500);
  assert.strictEqual(challenges(answer), undefined, "it would throw the challenge instead of the error");
  const { error } = await json(answer, answer.status);
  assert(typeof error === "string" && error.length > 0);
  return error;
}

async function isNonceError(answer) {
  if (answer.status === 200) return false;
  const found = challenges(answer);
  const error = found ? found.length === 1 && found[0].scheme === "dpop" && found[0].parameters.error : await bodyError(answer);
  assert.strictEqual(error, "use_dpop_nonce");
  return true;
}

// A request as an application makes it: once more, if the nonce was missing.
async function retried(request) {
  const answer = await request();
  return (await isNonceError(answer)) ? request() : answer;
}

// --- The run ---

const metadata = await json(await fetch(`${issuer}/.well-known/oauth-authorization-server`, { redirect: "manual" }));
assert.strictEqual(metadata.issuer, issuer);
assert(metadata.token_endpoint_auth_methods_supported.includes("private_key_jwt"));
assert(metadata.token_endpoint_auth_signing_alg_values_supported.includes("ES256"));
assert(metadata.dpop_signing_alg_values_supported.includes("ES256"));

const grant = { grant_type: "client_credentials", scope: "item" };
const token = await json(
  await retried(async () => send(metadata.token_endpoint, "POST", { form: { ...grant, ...(await assertion(clientKey)) } })),
);
assert(typeof token.access_token === "string" && token.access_token.length > 0);
assert.strictEqual(token.token_type.toLowerCase(), "dpop");
assert(typeof token.expires_in === "number" && token.expires_in > 0);
assert.strictEqual(typeof token.scope, "string");
assert.strictEqual(token.refresh_token, undefined);
assert.strictEqual(token.id_token, undefined);

const refusal = await send(metadata.token_endpoint, "POST", { form: { ...grant, ...(await assertion(otherKey)) } });
assert.strictEqual(await bodyError(refusal), "invalid_client");

const items = await retried(() => send(api, "GET", { token: token.access_token }));
assert.strictEqual(challenges(items), undefined);
assert.strictEqual(items.status, 200);
const stolen = await fetch(api, { headers: { authorization: `Bearer ${token.access_token}` }, redirect: "manual" });
assert.strictEqual(stolen.status, 401);
assert(challenges(stolen).some(({ scheme }) => scheme === "dpop"));

const authorization = `Basic ${btoa(process.env.RESOURCE_SERVER)}`;
const introspect = async () =>
  json(await send(metadata.introspection_endpoint, "POST", { form: { token: token.access_token }, headers: { authorization } }));
assert.strictEqual((await introspect()).active, true);
const revocation = { token: token.access_token, ...(await assertion(clientKey)) };
assert.strictEqual((await send(metadata.revocation_endpoint, "POST", { form: revocation })).status, 200);
assert.deepStrictEqual(await introspect(), { active: false });
