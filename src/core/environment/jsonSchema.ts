import * as z from 'zod/mini';
import { hints } from './hints.ts';
import type { Hint, Snippet } from './hints.ts';
import { namePattern } from './read.ts';
import { environmentSchema } from './schema.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

const snippets: readonly Snippet[] = [
  {
    label: 'Local environment',
    description: 'Redis, Qdrant and Prometheus on this machine',
    body: {
      tier: 'development',
      redis: { url: 'redis://localhost:${2:6379}/0' },
      qdrant: { url: 'http://localhost:${3:6333}' },
      prometheus: { url: 'http://localhost:${4:9090}' },
    },
  },
  {
    label: 'Remote environment',
    description: 'Redis with TLS and a password',
    body: {
      tier: '${2|staging,production|}',
      redis: { url: 'rediss://${3:user}@${4:redis.example.org}:6379/0', password: '^"\\${secret\\}"' },
    },
  },
];

/**
 * The JSON schema of the whole `cacheOps.environments`, as the editor understands it: draft 7 with its own
 * `markdownDescription`, `patternErrorMessage`, `enumDescriptions` and `defaultSnippets`; without references, since those
 * do not resolve inside a configuration property. Made from the zod schema for package.json; not loaded at run time.
 */
export function environmentsJsonSchema(): JsonSchema {
  const { $schema: _version, ...environment } = z.toJSONSchema(environmentSchema, {
    target: 'draft-07',
    io: 'input',
    metadata: hints,
    override: ({ zodSchema, jsonSchema }) => adaptToEditor(jsonSchema, hints.get(zodSchema)),
  });
  return {
    type: 'object',
    propertyNames: {
      pattern: namePattern.source,
      patternErrorMessage: 'Expected a name of visible characters, without spaces at either end.',
    },
    additionalProperties: { ...environment, defaultSnippets: snippets },
    defaultSnippets: snippets.map((snippet) => ({ ...snippet, body: { '${1:name}': snippet.body } })),
  };
}

/** Hover texts are Markdown, and a name that may be any text needs no schema. */
function adaptToEditor(schema: z.core.JSONSchema.BaseSchema, hint: Hint | undefined): void {
  // zod leaves them out where the value is transformed; ours are examples of what is written, before that.
  if (hint?.examples !== undefined) schema.examples = [...hint.examples];
  if (schema.description !== undefined) {
    schema['markdownDescription'] = schema.description;
    delete schema.description;
  }
  if (schema.propertyNames !== undefined && Object.keys(schema.propertyNames).join() === 'type')
    delete schema.propertyNames;
}
