-- For wrk: every request asks for a path of its own, below the URL given and a word that no other run has.
local prefix
local count = 0

function init(args)
  prefix = wrk.path .. args[1] .. "-"
end

function request()
  count = count + 1
  return wrk.format(nil, prefix .. count)
end
