-- Sends the requests of a file, one path a line, from an offset on and in a circle.
-- Arguments: the file, the offset, the method, and names and values of headers; then `--body` and
-- a file, in which {n} becomes a number that no other request has.

local paths, headers, method, body = {}, {}, "GET", nil
local number = 0

function init(arguments)
  for line in io.lines(arguments[1]) do
    paths[#paths + 1] = line
  end
  number = tonumber(arguments[2])
  method = arguments[3]
  local at = 4
  while arguments[at] do
    if arguments[at] == "--body" then
      local file = io.open(arguments[at + 1], "rb")
      body = file:read("*a")
      file:close()
    else
      headers[arguments[at]] = arguments[at + 1]
    end
    at = at + 2
  end
end

function request()
  number = number + 1
  local content = body
  if content and #content < 10000 then
    content = content:gsub("{n}", tostring(number))
  end
  return wrk.format(method, paths[number % #paths + 1], headers, content)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests": %d, "microseconds": %d, "bytes": %d, "failures": %d, "p50": %.3f, "p99": %.3f}\n',
    summary.requests, summary.duration, summary.bytes,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000
  ))
end
