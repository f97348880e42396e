-- wrk: call permission requests to users that are all different.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "sk_sandbox_0000000000000001"
local path = "/partner/app/00000000-0000-4000-8000-000000000001/v3/message"
local sent = 0
request = function()
  sent = sent + 1
  local to = string.format("9198%08d", (sent * 7919) % 100000000)
  local body = '{"messaging_product":"whatsapp","recipient_type":"individual","to":"' .. to ..
    '","type":"interactive","interactive":{"type":"call_permission_request","action":{"name":"call_permission_request"},' ..
    '"body":{"text":"We would like to call you to support your query. Thank you."}}}'
  return wrk.format(nil, path, nil, body)
end
