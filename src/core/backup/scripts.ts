// One page for each call, bounded by COUNT or by what is sent, so that nobody waits long. What a script cannot do with a key
// is left to single commands, whose answers say why.

/**
 * Values larger than ARGV[4] bytes are left to single commands: a script would hold several copies at once.
 * ARGV: cursor, COUNT, pattern, that limit. → cursor, records as in keyFile.ts, how many, keys gone meanwhile, keys left over
 */
export const exportScript = `
local found = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[3], 'COUNT', ARGV[2])
local limit = tonumber(ARGV[4])
local out, left, count, gone = {}, {}, 0, 0
local ask, pack = redis.pcall, struct.pack
for _, key in ipairs(found[2]) do
  local used = ask('MEMORY', 'USAGE', key, 'SAMPLES', 1)
  local payload, expiry
  if type(used) == 'number' and used <= limit then
    payload = ask('DUMP', key)
    expiry = ask('PEXPIRETIME', key)
  end
  if type(payload) == 'string' and type(expiry) == 'number' and expiry ~= -2 then
    out[count * 3 + 1] = pack('<BI4I4d', 1, #key, #payload, expiry < 0 and 0 or expiry)
    out[count * 3 + 2] = key
    out[count * 3 + 3] = payload
    count = count + 1
  elseif used == false or payload == false or expiry == -2 then
    gone = gone + 1
  else
    left[#left + 1] = key
  end
end
return {found[1], table.concat(out), count, gone, left}
`;

/**
 * ARGV: records as in keyFile.ts, the time now, milliseconds to add to each expiry, and REPLACE or nothing.
 * → restored, keys that were there already, keys expired by now, the numbers (from 0) of the records that went no way
 */
export const restoreScript = `
local bytes, now, extend, replace = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4] == 'REPLACE'
local unpack, sub, ask = struct.unpack, string.sub, redis.pcall
local at, number, restored, present, expired, left = 1, 0, 0, 0, 0, {}
while at <= #bytes do
  local _, keys, length, expiry, start = unpack('<BI4I4d', bytes, at)
  at = start + keys + length
  if expiry > 0 then expiry = expiry + extend end
  if expiry > 0 and expiry <= now then
    expired = expired + 1
  else
    local key, payload = sub(bytes, start, start + keys - 1), sub(bytes, start + keys, at - 1)
    local till, told = string.format('%.0f', expiry), nil
    if replace then told = ask('RESTORE', key, till, payload, 'REPLACE', 'ABSTTL')
    else told = ask('RESTORE', key, till, payload, 'ABSTTL') end
    if told.ok then restored = restored + 1
    elseif string.find(told.err, 'BUSYKEY', 1, true) then present = present + 1
    else left[#left + 1] = number end
  end
  number = number + 1
end
return {restored, present, expired, left}
`;
