/**
 * Who answered: what one server, or whatever else an operation reaches, said of itself. Taken before the plan is made
 * and once more just before anything is changed; when the two differ in anything but `version`, nothing is changed.
 */
export interface ServiceIdentity {
  /** `Redis`, `Qdrant`, `Prometheus`, `Application`, `Kubernetes`; a cluster gives one identity for each primary. */
  readonly service: string;
  /** As the settings name it: `redis-primary.prod.svc:6379`, `context prod, namespace crew`. Never with a login in it. */
  readonly address: string;
  /** The address that was really connected to, where it can be told: `10.0.3.17:6379`. */
  readonly resolved?: string | undefined;
  /** `primary`, `replica`, `leader`. */
  readonly role?: string | undefined;
  /** For showing; a server that was upgraded between plan and run changes its run id anyway. */
  readonly version?: string | undefined;
  /**
   * What tells this one from any other behind the same address, by name: `run id`, `replication id`, `cluster id`,
   * `TLS fingerprint`, `cluster uid`, `engine id`. Only what stays the same while it is the same one.
   */
  readonly marks: Readonly<Record<string, string>>;
  /**
   * Why it cannot be told from another one behind the same address, and the right that would tell it; undefined: its
   * marks do. A change to what is not known is confirmed as in production.
   */
  readonly unknown?: string | undefined;
}

/** The marks that are known. */
export function marksOf(found: Readonly<Record<string, string | undefined>>): ServiceIdentity['marks'] {
  return Object.fromEntries(Object.entries(found).filter((mark): mark is [string, string] => mark[1] !== undefined));
}

/** What a person has to know of who answers before saying yes. */
export function identityWarnings(identities: readonly ServiceIdentity[]): readonly string[] {
  return identities.flatMap((one) =>
    one.unknown === undefined
      ? []
      : [`The identity of ${nameOf(one)} is not known, and another in its place would not be noticed: ${one.unknown}.`],
  );
}

/** What is not as it was, as whole sentences; empty when all are who they were. The order does not count. */
export function identityDifferences(
  planned: readonly ServiceIdentity[],
  found: readonly ServiceIdentity[],
): readonly string[] {
  const now = new Map(found.map((one) => [keyOf(one), one]));
  const gone = planned.flatMap((before) => {
    const after = now.get(keyOf(before));
    return after ? differencesOf(before, after) : [`${nameOf(before)} is not there any more.`];
  });
  const known = new Set(planned.map(keyOf));
  return [...gone, ...found.filter((one) => !known.has(keyOf(one))).map((one) => `${nameOf(one)} was not there.`)];
}

/** `redis-primary:6379 (primary, run id 3f9a…)`: for a line of a plan. */
export function identityWords({ address, resolved, role, version, marks, unknown }: ServiceIdentity): string {
  const at = resolved === undefined || resolved === address ? '' : ` at ${resolved}`;
  const known = Object.entries(marks).map(([name, value]) => `${name} ${shorten(value)}`);
  const facts = [role, version, ...known, unknown === undefined ? undefined : 'identity not known'];
  const said = facts.filter((one) => one !== undefined && one !== '').join(', ');
  return `${address}${at}${said === '' ? '' : ` (${said})`}`;
}

const certificate = 'TLS fingerprint';

function keyOf({ service, address }: ServiceIdentity): string {
  return `${service} ${address}`;
}

function nameOf({ service, address }: ServiceIdentity): string {
  return `${service} ${address}`;
}

function differencesOf(before: ServiceIdentity, after: ServiceIdentity): readonly string[] {
  // Where nothing better is known, where the address led tells a little.
  const isUnknown = before.unknown !== undefined;
  const facts = (one: ServiceIdentity): Readonly<Record<string, string | undefined>> => ({
    role: one.role,
    ...one.marks,
    ...(isUnknown ? { 'network address': one.resolved } : {}),
  });
  const [then, now] = [facts(before), facts(after)];
  const names = [...new Set([...Object.keys(then), ...Object.keys(now)])].filter((name) => then[name] !== now[name]);
  // Refused all the same: something in between may have changed as well, and a new plan is a matter of seconds.
  const renewed =
    !isUnknown && names.join() === certificate ? ' All else is as it was: was its certificate renewed?' : '';
  return names.map(
    (name) =>
      `${nameOf(before)}: its ${name} was ${shorten(then[name] ?? 'not known')}, now it is ${shorten(now[name] ?? 'not known')}.${renewed}`,
  );
}

/** Ids are told apart by their beginning. */
function shorten(value: string): string {
  return value.length > 24 ? `${value.slice(0, 12)}…` : value;
}
