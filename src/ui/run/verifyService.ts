import { baselineWords } from '../../core/baseline/baseline.ts';
import { baselineOfReading } from '../../core/baseline/ofReading.ts';
import { bindCriterion } from '../../core/checklist/meaning/criteria/bind.ts';
import { judgeCriterion } from '../../core/checklist/meaning/criteria/judge.ts';
import type { Criterion, Reading } from '../../core/checklist/meaning/criteria/types.ts';
import type { Environment } from '../../core/environment/environment.ts';
import { resolveSecret, secretReferences } from '../../core/environment/references.ts';
import { explain, OpsError } from '../../core/errors.ts';
import { hitRateValue } from '../../core/run/hitRateValue.ts';
import { redisValue } from '../../core/run/redisValue.ts';
import { verifyUnits } from '../../core/run/verifyUnits.ts';
import type { Verdict } from '../../core/verdict.ts';
import { lastBaseline } from '../baseline/folder.ts';
import type { RunTarget } from './target.ts';
import type { RunServiceOptions } from './runService.ts';
import { scriptContent } from './scriptContent.ts';
import { directoryOf, openContext } from './surroundings.ts';

/** Checks what stands in a checklist, changing nothing. */
export class VerifyService {
  readonly #options: RunServiceOptions;

  constructor(options: RunServiceOptions) {
    this.#options = options;
  }

  /** Resolves to the verdicts of all that could be checked. */
  async verify(target: RunTarget, environment: Environment, signal: AbortSignal): Promise<readonly Verdict[]> {
    const { reader, evidence, fleet, approvals } = this.#options;
    const { document } = target;
    const { units } = await reader.unitsOf(target);
    // Redis is read with it.
    if (units.some(({ kind }) => kind === 'criterion')) await fleet.refreshHitRate(environment);
    const { context } = await openContext(target, environment, this.#options);
    return verifyUnits(
      units,
      context,
      {
        judgeCriterion: (criterion) => this.#judge(criterion, environment, signal),
        isApprovedScript: async (code) => {
          const content = await scriptContent(code, directoryOf(document.uri));
          return content !== undefined && approvals.isApproved(environment, content);
        },
        record: (id, one) => void evidence.record(environment, document, new Map([[id, one]])),
      },
      signal,
    );
  }

  async #judge(
    criterion: Criterion,
    environment: Environment,
    signal: AbortSignal,
  ): Promise<{ verdict: Verdict; what: string }> {
    const binding = bindCriterion(criterion, environment.settings);
    if (binding.kind === 'unbound') {
      const next = binding.setting === undefined ? '' : ` Set ${binding.setting} of the environment to bind it.`;
      return { verdict: { kind: 'inconclusive', why: `${binding.why}${next}` }, what: criterion.text };
    }
    const { reading } = binding;
    if (reading.source === 'hitRate') {
      const read = hitRateValue(this.#options.fleet.hitRateOf(environment), reading.namespace);
      const what = `${criterion.text}: ${read.from}`;
      if (read.kind === 'unknown') return { verdict: { kind: 'inconclusive', why: read.why }, what };
      const before = await baselineFor(criterion, reading, environment);
      return { verdict: judgeCriterion(criterion, read.ratio, before?.value), what: `${what}${before?.words ?? ''}` };
    }
    const what =
      reading.source === 'redis' ? `${criterion.text}: Redis ${reading.field}` : `${criterion.text}: ${reading.query}`;
    try {
      const before = await baselineFor(criterion, reading, environment);
      const value = await this.#read(reading, environment, signal);
      return { verdict: judgeCriterion(criterion, value, before?.value), what: `${what}${before?.words ?? ''}` };
    } catch (error) {
      return { verdict: { kind: 'inconclusive', why: explain(error) }, what };
    }
  }

  async #read(
    reading: Exclude<Reading, { source: 'hitRate' }>,
    environment: Environment,
    signal: AbortSignal,
  ): Promise<number | undefined> {
    if (reading.source === 'redis') {
      const monitor = this.#options.fleet.redisOf(environment);
      return monitor && redisValue(monitor, reading);
    }
    const { prometheus } = environment.settings;
    if (!prometheus)
      throw new OpsError('settings', `${environment.name} names no Prometheus.`, { next: 'Set prometheus.url.' });
    const [{ resolveHttpTarget }, { queryValue }] = await Promise.all([
      import('../../clients/http.ts'),
      import('../../clients/prometheus.ts'),
    ]);
    const secret = async (field: string): Promise<string | undefined> => {
      const reference = secretReferences(environment).find((one) => one.field === field);
      return reference && resolveSecret(environment, reference, this.#options.secrets);
    };
    const tunnel = this.#options.tunnels.of(environment, 'prometheus');
    const target = await resolveHttpTarget(environment, 'prometheus', prometheus, secret, tunnel);
    try {
      const value = await queryValue(target, reading.query, signal);
      return value === undefined ? undefined : value * reading.scale;
    } finally {
      target.close();
    }
  }
}

/** What the newest baseline says of a criterion that is about a change, and that the document itself gives none for. */
async function baselineFor(
  { comparator, relativeToBaseline, baseline: given }: Criterion,
  reading: Reading,
  environment: Environment,
): Promise<{ readonly value: number; readonly words: string } | undefined> {
  const isChange = relativeToBaseline !== undefined || comparator === 'stable' || comparator === 'rising';
  if (!isChange || given !== undefined) return undefined;
  const baseline = await lastBaseline(environment);
  const value = baseline && baselineOfReading(baseline, environment.settings, reading);
  return baseline === undefined || value === undefined
    ? undefined
    : { value, words: `; baseline ${baselineWords(baseline)}` };
}
