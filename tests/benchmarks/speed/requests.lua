-- wrk: messages to users that are all different, or to so many (WRK_USERS), in turn.
-- WRK_MESSAGE: "request" (call permission requests) or "text", which has no limit for a user.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "sk_sandbox_0000000000000001"
local path = "/partner/app/00000000-0000-4000-8000-000000000001/v3/message"
local users = tonumber(os.getenv("WRK_USERS") or "100000000")
local sent = tonumber(os.getenv("WRK_FIRST") or "0")
local what = '"type":"interactive","interactive":{"type":"call_permission_request",' ..
  '"action":{"name":"call_permission_request"},' ..
  '"body":{"text":"We would like to call you to support your query. Thank you."}}}'
if os.getenv("WRK_MESSAGE") == "text" then
  what = '"type":"text","text":{"body":"Thank you for your question. We have looked into it, and we would like to ' ..
    'talk it over with you: is there a time today that suits you?"}}'
end
request = function()
  sent = sent + 1
  local to = string.format("9198%08d", (sent * 7919) % users)
  local body = '{"messaging_product":"whatsapp","recipient_type":"individual","to":"' .. to .. '",' .. what
  return wrk.format(nil, path, nil, body)
end
