-- Sends the requests of a file in turn, or one request for many clients, and prints what came of it as JSON.
-- Usage: wrk … -s cycle.lua URL -- FILE [COUNT ORDER OFFSET | once OFFSET]
--
-- FILE has whole HTTP requests, each after a line with its length. With COUNT there is one, in which {client} stands
-- for a number of twelve digits from 0 to COUNT - 1: in ORDER "sequential" each once, from OFFSET, in "scattered" far
-- from the one before, so that neither the server's memory nor its caches have an easy time. With "once" each request of
-- the file is sent at most once, those before OFFSET not at all.

local requests, counter, client_count, step = {}, 0, nil, 1
local before, after, once

function init(arguments)
  local file = assert(io.open(arguments[1], "rb"))
  while true do
    local length = file:read("*l")
    if not length then break end
    requests[#requests + 1] = file:read(tonumber(length))
  end
  once = arguments[2] == "once"
  if once then counter = tonumber(arguments[3]) end
  client_count = tonumber(arguments[2])
  if client_count then
    local start, stop = requests[1]:find("{client}", 1, true)
    before, after = requests[1]:sub(1, start - 1), requests[1]:sub(stop + 1)
    -- A prime larger than any count, so that every client has its turn.
    if arguments[3] == "scattered" then step = 15485863 end
    counter = tonumber(arguments[4] or 0)
  end
end

function request()
  if client_count then
    local number = counter * step % client_count
    counter = counter + 1
    return before .. string.format("%012d", number) .. after
  end
  if once and counter == #requests then
    io.stderr:write(string.format("all %d requests are used up\n", counter))
    os.exit(1)
  end
  counter = counter % #requests + 1
  return requests[counter]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\nJSON {"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"refused":%d,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50), latency:percentile(99), errors.status,
    errors.connect + errors.read + errors.write + errors.timeout))
end
