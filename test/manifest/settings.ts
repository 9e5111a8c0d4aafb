import { environmentsJsonSchema } from '../../src/core/environment/jsonSchema.ts';

/** As much of package.json as is generated. */
export interface Manifest {
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>> };
  };
}

/** What the manifest says about a setting itself, written by hand; all else comes from the schema. */
const handWritten = new Set(['type', 'scope', 'order', 'default', 'markdownDescription']);

/** The manifest with the JSON schema of `cacheOps.environments` as the sources have it now. */
export function withGeneratedSettings<T extends Manifest>(manifest: T): T {
  const { configuration } = manifest.contributes;
  const setting = configuration.properties['cacheOps.environments'] ?? {};
  const kept = Object.fromEntries(Object.entries(setting).filter(([key]) => handWritten.has(key)));
  const properties = { ...configuration.properties, 'cacheOps.environments': { ...environmentsJsonSchema(), ...kept } };
  return { ...manifest, contributes: { ...manifest.contributes, configuration: { ...configuration, properties } } };
}
