import { environmentSchema } from './schema.ts';
import type { SettingPath } from './settingPath.ts';
import { valueAt } from './settingPath.ts';

/** As much of a zod schema as is walked here. */
interface SchemaNode {
  readonly def: {
    readonly type: string;
    readonly shape?: Readonly<Record<string, SchemaNode>>;
    readonly innerType?: SchemaNode;
    readonly in?: SchemaNode;
    readonly valueType?: SchemaNode;
    readonly element?: SchemaNode;
    readonly options?: readonly SchemaNode[];
    readonly discriminator?: string;
    readonly values?: readonly unknown[];
  };
}

/** The keys an object at `path` (below one environment) may have. `raw` decides between the kinds of a target or tunnel. */
export function knownKeys(path: SettingPath, raw: unknown): readonly string[] {
  let nodes = expand(environmentSchema, raw);
  for (const [index, key] of path.entries()) {
    const value = valueAt(raw, path.slice(0, index + 1));
    nodes = nodes.flatMap(({ def }) => {
      const inside = def.shape === undefined ? (def.valueType ?? def.element) : def.shape[key];
      return inside === undefined ? [] : expand(inside, value);
    });
  }
  return nodes.flatMap(({ def }) => Object.keys(def.shape ?? {}));
}

/** The schema without its wrappers; of a union, the member that `raw` says it is, or all. */
function expand(node: SchemaNode, raw: unknown): readonly SchemaNode[] {
  const { innerType, options, discriminator } = node.def;
  const inner = innerType ?? node.def.in;
  if (inner !== undefined) return expand(inner, raw);
  if (options === undefined) return [node];
  const kind = discriminator === undefined ? undefined : valueAt(raw, [discriminator]);
  const named = options.filter(({ def }) => def.shape?.[discriminator ?? '']?.def.values?.includes(kind));
  return (named.length > 0 ? named : options).flatMap((option) => expand(option, raw));
}
