// Each call reads one page, bounded by COUNT alone: on newer servers the clock stands still inside a script, so a loop
// with a budget of time would walk the whole keyspace and hold everybody up.

/**
 * Reads only. ARGV: cursor, pattern, COUNT, n of "memory of every nth key", how many keys to name, the expiry buckets' ends
 * in ms. → cursor, matching keys, keys measured, their bytes (-1: not allowed), names, keys without expiry (-1: not
 * allowed), then the keys of each bucket.
 */
export const countScript = `
local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])
local every, wanted = tonumber(ARGV[4]), tonumber(ARGV[5])
local edges, counts, none, measured, bytes, names = {}, {}, 0, 0, 0, {}
for i = 6, #ARGV do edges[i - 5] = tonumber(ARGV[i]) end
for i = 1, #edges + 1 do counts[i] = 0 end
for i, key in ipairs(found[2]) do
  if i <= wanted then names[i] = key end
  if none >= 0 then
    local ttl = redis.pcall('PTTL', key)
    if type(ttl) ~= 'number' then
      none = -1
    elseif ttl == -1 then
      none = none + 1
    elseif ttl >= 0 then
      local bucket = 1
      while bucket <= #edges and ttl >= edges[bucket] do bucket = bucket + 1 end
      counts[bucket] = counts[bucket] + 1
    end
  end
  if bytes >= 0 and i % every == 1 then
    local used = redis.pcall('MEMORY', 'USAGE', key)
    if type(used) == 'number' then
      measured, bytes = measured + 1, bytes + used
    elseif used then
      bytes = -1
    end
  end
end
return {found[1], #found[2], measured, bytes, names, none, unpack(counts)}
`;

/**
 * Removes one page. KEYS: where the cursor is kept, so that pages can be under way over a slow link without waiting for
 * each other's answer; it expires by itself. ARGV: pattern, COUNT, ms until it expires, how many keys one UNLINK may name.
 * → keys removed, keys that may not be removed, 1 when the keyspace was walked to its end. The cursor is written first:
 * where no write is possible, nothing is removed.
 */
export const unlinkScript = `
local at = redis.call('GET', KEYS[1])
if at == 'end' then return {0, 0, 1} end
local found = redis.call('SCAN', at or '0', 'MATCH', ARGV[1], 'COUNT', ARGV[2])
local ended = found[1] == '0'
redis.call('SET', KEYS[1], ended and 'end' or found[1], 'PX', ARGV[3])
local keys, most = found[2], tonumber(ARGV[4])
for i = #keys, 1, -1 do
  if keys[i] == KEYS[1] then table.remove(keys, i) end
end
local removed, denied = 0, 0
local function unlink(from, to)
  local gone = redis.pcall('UNLINK', unpack(keys, from, to))
  if type(gone) == 'number' then
    removed = removed + gone
  elseif from == to then
    denied = denied + 1
  else
    -- Of a group, one key that may not be removed keeps the others.
    for i = from, to do unlink(i, i) end
  end
end
for from = 1, #keys, most do unlink(from, math.min(from + most - 1, #keys)) end
return {removed, denied, ended and 1 or 0}
`;

/** Where scripts, or the one key they need, are not to be had: by right, by version, or because the server is full. */
export function isScriptRefused(error: unknown): boolean {
  const message = error instanceof Error ? error.message : '';
  return /^NOPERM|^OOM|unknown command|ACL failure in script|can't be run in|not allowed from script|not allowed after non deterministic|OOM command not allowed/i.test(
    message,
  );
}
