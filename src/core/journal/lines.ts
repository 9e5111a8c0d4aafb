import * as z from 'zod/mini';
import { operationKinds } from '../operations/kind.ts';

const text = z.string();

const verdict = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('passed'), why: z.exactOptional(text) }),
  z.object({ kind: z.literal('failed'), why: text }),
  z.object({ kind: z.literal('inconclusive'), why: text }),
  z.object({ kind: z.literal('notRun'), why: z.exactOptional(text) }),
]);

const progress = z.object({
  done: z.number(),
  total: z.exactOptional(z.number()),
  unit: text,
  now: z.exactOptional(text),
});

const stepResult = z.object({
  id: text,
  title: text,
  state: z.enum(['notRun', 'done', 'failed', 'cancelled', 'skipped', 'undone']),
  progress: z.exactOptional(progress),
  durationMs: z.exactOptional(z.number()),
  why: z.exactOptional(text),
  notes: z.exactOptional(z.array(text)),
});

const identity = z.object({
  service: text,
  address: text,
  resolved: z.optional(text),
  role: z.optional(text),
  version: z.optional(text),
  marks: z.record(text, text),
  unknown: z.optional(text),
});

const plan = z.object({
  effect: z.enum(['changing', 'destructive']),
  summary: text,
  targets: z.array(
    z.object({
      what: text,
      count: z.exactOptional(z.object({ value: z.number(), unit: text, exact: z.boolean() })),
      detail: z.exactOptional(text),
    }),
  ),
  irreversible: z.array(text),
  undo: text,
  warnings: z.array(text),
  steps: z.array(z.object({ id: text, title: text, commands: z.array(text), skip: z.exactOptional(text) })),
  sections: z.exactOptional(
    z.array(z.object({ title: text, lines: z.array(text), as: z.exactOptional(z.enum(['text', 'code', 'table'])) })),
  ),
  lastBackup: z.exactOptional(
    z.object({
      takenAtMs: z.number(),
      testedAtMs: z.exactOptional(z.number()),
      what: text,
      // Lines of before these were written down.
      from: z.catch(text, 'an address that is not known'),
      source: z.catch(z.enum(['same', 'place', 'elsewhere']), 'place'),
    }),
  ),
});

/** Written before anything is changed. */
const begun = z.object({
  type: z.literal('begun'),
  id: text,
  /** ISO 8601, UTC, as the machine believed. */
  at: text,
  kind: z.enum(operationKinds),
  title: text,
  environment: z.object({ id: text, name: text, tier: z.enum(['development', 'staging', 'production']) }),
  /** Where the editor's extensions run. */
  machine: text,
  /** The program that does it, by which it is known later whether it still runs. `started` tells two of one number apart. */
  process: z.object({ pid: z.number(), started: z.exactOptional(text) }),
  person: z.object({ git: z.exactOptional(text), os: text }),
  reason: z.exactOptional(text),
  identities: z.array(identity),
  plan,
  /** The wish, from which the operation can be made again. */
  request: z.unknown(),
});

const step = z.object({ type: z.literal('step'), id: text, at: text, step: stepResult });

const ended = z.object({
  type: z.literal('ended'),
  id: text,
  at: text,
  ended: z.enum(['completed', 'failed', 'cancelled', 'undone']),
  why: z.exactOptional(text),
  verdict,
  findings: z.array(text),
  steps: z.array(stepResult),
  durationMs: z.number(),
});

/** Follows a torn line that was taken away. */
const repaired = z.object({ type: z.literal('repaired'), at: text, lostBytes: z.number() });

/** One line of a journal, besides its hashes. Unknown fields are of a later version, and left alone. */
export const journalLine = z.discriminatedUnion('type', [begun, step, ended, repaired]);

export type JournalLine = z.output<typeof journalLine>;
export type BegunLine = z.output<typeof begun>;
export type EndedLine = z.output<typeof ended>;
