-- Asks for tokens, one client after another, and says at the end what came of it as one line of JSON.
-- Usage: wrk … -s load.lua URL -- SECRET COUNT PAUSE [FIRST]: clients FIRST to FIRST + COUNT - 1, with at least PAUSE
-- milliseconds before each request of a connection.

local secret, count, first, number

function init(arguments)
  secret, count, first, number = arguments[1], tonumber(arguments[2]), tonumber(arguments[4] or 0), 0
  local pause = tonumber(arguments[3])
  -- wrk takes its way through timers if there is such a function.
  if pause > 0 then delay = function() return pause end end
  wrk.headers["Content-Type"] = "application/x-www-form-urlencoded"
end

function request()
  local id = string.format("00000000-0000-4000-8000-%012d", first + number % count)
  number = number + 1
  return wrk.format("POST", "/oauth2/token", nil,
    "grant_type=client_credentials&scope=item&client_id=" .. id .. "&client_secret=" .. secret)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nJSON {"requests":%d,"seconds":%f,"p50_ms":%f,"p99_ms":%f,"longest_ms":%f,"refused":%d,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    latency.max / 1e3, errors.status, errors.connect + errors.read + errors.write + errors.timeout))
end
