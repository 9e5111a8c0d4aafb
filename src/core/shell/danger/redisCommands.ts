import { words } from './finding.ts';

/**
 * What Redis' own command flags say (`COMMAND` of Redis 7.0, without the container words' `HELP`), compressed: whatever
 * is in none of the lists is not known here.
 */
export const READS = words(`
  bitcount bitfield_ro bitpos dbsize dump exists expiretime geodist geohash geopos georadius_ro georadiusbymember_ro
  geosearch get getbit getrange hexists hget hgetall hkeys hlen hmget hrandfield hscan hstrlen hvals lcs lindex llen
  lolwut lpos lrange mget object pexpiretime pfcount pttl randomkey scan scard sdiff sinter sintercard sismember smembers
  smismember srandmember sscan strlen substr sunion touch ttl type xinfo xlen xpending xrange xread xrevrange zcard
  zcount zdiff zinter zintercard zlexcount zmscore zrandmember zrange zrangebylex zrangebyscore zrank zrevrange
  zrevrangebylex zrevrangebyscore zrevrank zscan zscore zunion keys sort_ro
  ping echo time info lastsave role auth hello select quit readonly readwrite asking command wait lolwut discard
  multi exec watch unwatch reset`);

export const WRITES = words(`
  append bitfield bitop blmove blmpop blpop brpop brpoplpush bzmpop bzpopmax bzpopmin copy decr decrby expire expireat
  geoadd georadius georadiusbymember geosearchstore getex getset hincrby hincrbyfloat hmset hset hsetnx incr incrby
  incrbyfloat linsert lmove lmpop lpop lpush lpushx lset ltrim move mset msetnx persist pexpire pexpireat pfadd pfmerge
  psetex rename renamenx restore rpop rpoplpush rpush rpushx sadd sdiffstore set setbit setex setnx setrange sinterstore
  smove sort spop sunionstore xack xadd xautoclaim xclaim xgroup xreadgroup xsetid zadd zdiffstore zincrby zinterstore
  zmpop zpopmax zpopmin zrangestore zunionstore bgsave bgrewriteaof save publish spublish`);

export const DELETES = words(`
  del unlink getdel hdel lrem srem zrem zremrangebylex zremrangebyrank zremrangebyscore xdel xtrim`);

export const FLUSHES = words('flushall flushdb');

export const RUINS = words('shutdown debug migrate swapdb replicaof slaveof failover sync psync pfdebug pfselftest');

export const ENDLESS = words('monitor subscribe psubscribe ssubscribe');

export const SCRIPTS = words('eval evalsha fcall eval_ro evalsha_ro fcall_ro');

/** Of commands that only name a group, such as `CONFIG GET`. What is in none of these changes something. */
export const GROUP_READS: Readonly<Record<string, ReadonlySet<string>>> = {
  acl: words('cat dryrun genpass getuser help list log users whoami'),
  client: words('getname getredir help id info list trackinginfo'),
  cluster: words(`countkeysinslot count-failure-reports getkeysinslot help info keyslot links myid nodes replicas shards
    slaves slots`),
  config: words('get help'),
  function: words('dump help list stats'),
  latency: words('doctor graph help histogram history latest'),
  memory: words('doctor help malloc-stats stats usage'),
  module: words('help list'),
  pubsub: words('channels help numpat numsub shardchannels shardnumsub'),
  script: words('exists help'),
  slowlog: words('get help len'),
};

/** Of those groups, what cannot be undone or takes a server out of service. */
export const GROUP_RUINS: Readonly<Record<string, ReadonlySet<string>>> = {
  acl: words('deluser setuser load'),
  client: words(''),
  cluster: words('addslots delslots delslotsrange failover flushslots forget reset setslot replicate'),
  config: words(''),
  function: words('delete flush restore'),
  latency: words(''),
  memory: words(''),
  module: words('unload'),
  pubsub: words(''),
  script: words('flush'),
  slowlog: words(''),
};
