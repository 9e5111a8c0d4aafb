import * as z from 'zod/mini';
import { OpsError } from '../../core/errors.ts';

const strings = z.record(z.string(), z.string());

const variable = z.object({
  name: z.string(),
  value: z.optional(z.string()),
  valueFrom: z.optional(z.record(z.string(), z.nullable(z.unknown()))),
});

const container = z.object({ name: z.string(), env: z.optional(z.array(variable)) });

const metadata = z.object({
  name: z.string(),
  uid: z.optional(z.string()),
  resourceVersion: z.optional(z.string()),
  labels: z.optional(strings),
  annotations: z.optional(strings),
});

const workload = z.object({
  metadata,
  spec: z.object({
    selector: z.optional(z.object({ matchLabels: z.optional(strings) })),
    template: z.object({ spec: z.object({ containers: z.array(container) }) }),
  }),
});

const configMap = z.object({ metadata, data: z.optional(strings) });

const pods = z.object({
  items: z.array(
    z.object({
      metadata: z.extend(metadata, { deletionTimestamp: z.optional(z.string()) }),
      spec: z.object({ containers: z.array(container) }),
      status: z.object({
        conditions: z.optional(z.array(z.object({ type: z.string(), status: z.string() }))),
      }),
    }),
  ),
});

export type Workload = z.infer<typeof workload>;
export type Container = z.infer<typeof container>;
export type Metadata = z.infer<typeof metadata>;
export type Pod = z.infer<typeof pods>['items'][number];

/** Of `kubectl get … -o json`. Each throws OpsError `protocol`. */
export const readWorkload = (text: string): Workload => parse(workload, text, 'the workload');
export const readConfigMap = (text: string): z.infer<typeof configMap> => parse(configMap, text, 'the ConfigMap');
export const readPods = (text: string): readonly Pod[] => parse(pods, text, 'the pods').items;

function parse<T>(schema: z.ZodMiniType<T>, text: string, what: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    throw new OpsError('protocol', `What kubectl says of ${what} could not be read.`, { cause });
  }
}

/** What puts the object back to what a repository says; undefined: nothing is known to. */
export function managerOf({ labels = {}, annotations = {} }: Metadata): string | undefined {
  const has = (name: string): boolean => labels[name] !== undefined || annotations[name] !== undefined;
  if (has('argocd.argoproj.io/tracking-id') || has('argocd.argoproj.io/instance')) return 'Argo CD';
  const flux = ['kustomize.toolkit.fluxcd.io/name', 'helm.toolkit.fluxcd.io/name'].some(has);
  return flux ? 'Flux' : undefined;
}

/** One warning for an object that is put back by itself. */
export function managerWarning(what: string, metadataOf: Metadata): readonly string[] {
  const manager = managerOf(metadataOf);
  if (manager === undefined) return [];
  return [
    `${what} is managed by ${manager}: it will put the old value back with its next synchronization. Change it in the repository too, or pause it.`,
  ];
}
