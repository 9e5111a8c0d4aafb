// Each call reads one page, bounded by COUNT alone: on newer servers the clock stands still inside a script, so a loop
// with a budget of time would walk the whole keyspace and hold everybody up. Nothing is written; a key the user may not
// read fails by itself (pcall).

/**
 * ARGV: cursor, COUNT, n of "memory of every nth key" (0: none), offset, the buckets' ends in ms. → cursor, keys, then
 * types, TTLs and bytes joined. Of a TTL only the lower end of its bucket is told: turning numbers into text is dear.
 */
export const pageScript = `
local found = redis.call('SCAN', ARGV[1], 'COUNT', ARGV[2])
local every, offset = tonumber(ARGV[3]), tonumber(ARGV[4])
local types, ttls, bytes, edges = {}, {}, {}, {}
for i = 5, #ARGV do edges[i - 4] = tonumber(ARGV[i]) end
local ask, last = redis.pcall, #edges
for i, key in ipairs(found[2]) do
  types[i] = ask('TYPE', key).ok or '?'
  local ttl = ask('PTTL', key)
  if type(ttl) ~= 'number' then
    ttls[i] = '-3'
  elseif ttl < 0 then
    ttls[i] = ttl == -1 and '-1' or '-2'
  else
    local edge = last
    while edge > 0 and ttl < edges[edge] do edge = edge - 1 end
    ttls[i] = edge == 0 and '0' or ARGV[edge + 4]
  end
  bytes[i] = '-1'
  if every > 0 and (i + offset) % every == 0 then
    local used = ask('MEMORY', 'USAGE', key)
    if type(used) == 'number' then bytes[i] = used end
  end
end
return {found[1], found[2], table.concat(types, ','), table.concat(ttls, ','), table.concat(bytes, ',')}
`;

/** ARGV: cursor, COUNT, then the buckets' ends in ms. → cursor, keys without expiry, then the keys of each bucket. */
export const ttlScript = `
local found = redis.call('SCAN', ARGV[1], 'COUNT', ARGV[2])
local edges, counts, none = {}, {}, 0
for i = 3, #ARGV do edges[i - 2] = tonumber(ARGV[i]) end
for i = 1, #edges + 1 do counts[i] = 0 end
for _, key in ipairs(found[2]) do
  local ttl = redis.pcall('PTTL', key)
  if ttl == -1 then
    none = none + 1
  elseif type(ttl) == 'number' and ttl >= 0 then
    local bucket = 1
    while bucket <= #edges and ttl >= edges[bucket] do bucket = bucket + 1 end
    counts[bucket] = counts[bucket] + 1
  end
end
return {found[1], none, unpack(counts)}
`;
