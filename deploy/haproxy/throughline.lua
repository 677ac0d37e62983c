-- Asks Throughline about a request over its forward-auth contract, and leaves the answer in txn.tl_* variables.
-- A gate that is dead or late leaves tl_action = "none": what then happens is the configuration's choice.

local gate = "http://127.0.0.1:8787/v1/edge/forward-auth"
local timeout_ms = 250
local of_connection = {
  ["connection"] = true, ["content-length"] = true, ["date"] = true, ["keep-alive"] = true, ["transfer-encoding"] = true
}

core.register_action("throughline", { "http-req" }, function(txn)
  local headers = {}
  for name, values in pairs(txn.http:req_get_headers()) do
    -- HAProxy numbers the values of a header from 0.
    local list = {}
    for _, value in pairs(values) do
      list[#list + 1] = value
    end
    headers[name] = list
  end
  -- What the client wrote of itself goes first; whom we see goes last, and that is what counts.
  local chain = headers["x-forwarded-for"] or {}
  chain[#chain + 1] = txn.f:src()
  headers["x-forwarded-for"] = { table.concat(chain, ", ") }
  headers["x-forwarded-method"] = { txn.f:method() }
  headers["x-forwarded-uri"] = { txn.f:pathq() }
  headers["x-forwarded-host"] = headers["host"] or { "" }
  headers["x-forwarded-proto"] = { txn.f:ssl_fc() == 1 and "https" or "http" }
  headers["content-length"] = nil
  headers["transfer-encoding"] = nil
  headers["connection"] = nil

  txn:set_var("txn.tl_action", "none")
  local client = core.httpclient()
  local answer = client:get({ url = gate, headers = headers, timeout = timeout_ms })
  local function told(name)
    local values = answer.headers and answer.headers["x-throughline-" .. name]
    return values and values[0]
  end
  -- A rule may deny with 500 and above: that is an answer. Without a decision it is none.
  if not answer or not answer.status or (answer.status >= 500 and not told("decision")) then
    return
  end
  if not told("decision") then
    -- Refused before it was judged, for its size or its form: no way past the gate.
    txn:set_var("txn.tl_action", "deny")
    return
  end
  for _, name in ipairs({ "decision", "action", "score", "tags" }) do
    txn:set_var("txn.tl_" .. name, told(name))
  end
  txn:set_var("txn.tl_status", tostring(answer.status))
  -- The gate's own page, the way to the operator's, or the answer to a proof (with the clearance's cookie): to the client as it is.
  if told("action") == "challenge" then
    local reply = txn:reply({ status = answer.status, body = answer.body })
    for name, values in pairs(answer.headers) do
      if not of_connection[name] and (name == "x-throughline-decision" or name:sub(1, 14) ~= "x-throughline-") then
        for _, value in pairs(values) do
          reply:add_header(name, value)
        end
      end
    end
    txn:done(reply)
  end
end, 0)
