-- Posts the bodies of a file, one a line, in a random order; the second argument is the key.
local requests = {}

function init(args)
  local headers = { ['content-type'] = 'application/json' }
  if args[2] then headers['authorization'] = 'Bearer ' .. args[2] end
  for body in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format('POST', nil, headers, body)
  end
  math.randomseed(os.time())
end

function request()
  return requests[math.random(#requests)]
end
