import type { HitRateSource } from '../../../metrics/sourcedHitRate.ts';
import type { Range } from '../../model.ts';
import type { NumberComparator } from '../expectations/types.ts';

/** A number that is to be reached, or not to be reached. */
export interface Criterion {
  /** Node it belongs to: an item, a block or a stage. */
  readonly owner: string;
  /** As the document says it: "Cache hit rate", "P95 latency", "`access_count`". */
  readonly metric: string;
  /** `stable`: does not grow; `rising`: grows; neither has a value. */
  readonly comparator: NumberComparator | 'stable' | 'rising';
  /** In `unit`; NaN for `stable` and `rising`. Of a reduction: the ratio. */
  readonly value: number;
  readonly unit: CriterionUnit;
  /** `target`: it should hold. `alarm`: something is wrong when it holds. */
  readonly sense: 'target' | 'alarm';
  /** For how long: "for 15 minutes", "over the last hour". */
  readonly windowMs?: number;
  /** 95 for p95; 50 for the median. */
  readonly percentile?: number;
  readonly statistic?: 'average' | 'maximum' | 'minimum';
  /** Of an alert list: how bad it is. */
  readonly severity?: 'critical' | 'warning' | 'info' | undefined;
  /** Which calls: "for cached calls", "for cache hits". */
  readonly scope?: 'cached' | 'uncached';
  /** The change against the captured baseline is meant, not the value itself. */
  readonly relativeToBaseline?: 'reduction' | 'increase';
  /** What one would rather have: "(target: 70-80%)". In `unit`. */
  readonly aim?: { readonly low: number; readonly high: number };
  /** A result the document itself reports beside it. In `unit`. */
  readonly reported?: number;
  /** Value of the table's column "Baseline" or "Before". In `unit`. */
  readonly baseline?: number;
  /** The words it was read from. */
  readonly text: string;
  readonly range: Range;
}

/** Base units: ratio 0 to 1, bytes (1 MB is 1024 × 1024), milliseconds. */
export type CriterionUnit = 'ratio' | 'bytes' | 'ms' | 'count' | 'perMinute' | 'perSecond';

/** Where a criterion's number is read. */
export type Reading =
  | {
      readonly source: 'redis';
      readonly field:
        | 'usedMemory'
        /** Of maxmemory. */
        | 'memoryShare'
        | 'evictedKeys'
        /** Over the last minute. */
        | 'evictionRate'
        | 'connectedClients'
        | 'roundTrip'
        | 'keys'
        | 'fragmentation'
        | 'uptime';
      readonly unit: CriterionUnit;
    }
  /** The environment’s hit rate of the last minutes, or that of one namespace; from the best source that gives one. */
  | {
      readonly source: 'hitRate';
      readonly namespace: string | undefined;
      readonly from: readonly HitRateSource[];
      /** The same as Prometheus works it out; undefined where it is not among the sources. */
      readonly query: string | undefined;
      readonly unit: 'ratio';
    }
  /** The query's one value times `scale` is in `unit`. */
  | {
      readonly source: 'prometheus';
      readonly query: string;
      readonly unit: CriterionUnit;
      readonly scale: number;
      /** What it is called in a baseline, where one holds it: `p95cached`. */
      readonly figure?: string | undefined;
    };

export type Binding =
  | { readonly kind: 'bound'; readonly reading: Reading; readonly note: string | undefined }
  /** `why` is a sentence; `setting` is the one that would bind it: `metrics.latency`. */
  | { readonly kind: 'unbound'; readonly why: string; readonly setting: string | undefined };
