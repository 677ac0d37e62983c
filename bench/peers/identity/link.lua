-- Identity kept by Redis: KEYS[1] and KEYS[2] become one customer, whose id is returned. A merge moves the smaller customer's
-- identifiers. With ARGV[1], the first is a number, taken as one of so many users.
local x, y = KEYS[1], KEYS[2]
if ARGV[1] then x = 'u' .. string.format('%d', tonumber(x) % tonumber(ARGV[1])) end
local cx, cy = redis.call('HGET', 'customer', x), redis.call('HGET', 'customer', y)
local winner = cx or cy or redis.call('INCR', 'customers')
if not cx then
  redis.call('HSET', 'customer', x, winner)
  redis.call('SADD', 'of:' .. winner, x)
end
if not cy and y ~= x then
  redis.call('HSET', 'customer', y, winner)
  redis.call('SADD', 'of:' .. winner, y)
end
if not cx or not cy or cx == cy then return winner end
local loser = cy
if redis.call('SCARD', 'of:' .. cy) > redis.call('SCARD', 'of:' .. cx) then winner, loser = cy, cx end
for _, member in ipairs(redis.call('SMEMBERS', 'of:' .. loser)) do
  redis.call('HSET', 'customer', member, winner)
  redis.call('SADD', 'of:' .. winner, member)
end
redis.call('DEL', 'of:' .. loser)
return winner
