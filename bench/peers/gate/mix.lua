-- The load: a shop's requests, 1,000 different ones, always the same. PREFIX in the environment stands before each path.
local prefix = os.getenv("PREFIX") or ""
local agents = {
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0",
  "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
}
local paths = {
  "/", "/c/shoes", "/c/shoes?page=2&sort=price", "/p/10423-trail-runner", "/cart",
  "/p/884-sun-hat?utm_source=mail&utm_campaign=june", "/search?q=blue%20jacket&size=m", "/static/app.9f3a.js",
  "/static/site.css", "/img/p/10423/large.webp", "/api/stock?sku=10423,884,17",
}
math.randomseed(20260601)
local requests = {}
for i = 1, 1000 do
  requests[i] = "GET " .. prefix .. paths[math.random(#paths)] .. " HTTP/1.1\r\nhost: shop.example\r\n" ..
    "user-agent: " .. agents[math.random(#agents)] .. "\r\n" ..
    "accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\naccept-encoding: gzip, deflate, br\r\n" ..
    "accept-language: de-DE,de;q=0.9,en;q=0.8\r\nsec-fetch-site: same-origin\r\nsec-fetch-mode: navigate\r\n" ..
    "sec-fetch-dest: document\r\nreferer: https://shop.example/\r\n" ..
    string.format("cookie: sid=%08x%08x; consent=1\r\n", math.random(0, 2147483647), math.random(0, 2147483647)) ..
    string.format("x-forwarded-for: 203.%d.%d.%d\r\n\r\n", math.random(0, 255), math.random(0, 255), math.random(1, 254))
end
local at = 0
request = function()
  at = at % 1000 + 1
  return requests[at]
end
-- What was refused would be a smaller work: the caller wants none.
done = function(summary, latency, all)
  io.write(string.format("refused %d\n", summary.errors.status))
end
