import * as z from 'zod/mini';
import { hints } from './hints.ts';
import type { Snippet } from './hints.ts';
import { namePattern } from './read.ts';
import { environmentSchema } from './schema.ts';

type JsonSchema = Readonly<Record<string, unknown>>;

const snippets: readonly Snippet[] = [
  {
    label: 'Local environment',
    description: 'Redis, Qdrant and Prometheus on this machine',
    body: {
      tier: 'development',
      redis: { url: 'redis://localhost:${1:6379}/0' },
      qdrant: { url: 'http://localhost:${2:6333}' },
      prometheus: { url: 'http://localhost:${3:9090}' },
    },
  },
  {
    label: 'Remote environment',
    description: 'Redis with TLS and a password',
    body: {
      tier: '${1|staging,production|}',
      redis: { url: 'rediss://${2:user}@${3:redis.example.org}:6379/0', password: '\\${secret\\}' },
    },
  },
];

/**
 * The JSON schema of the whole `cacheOps.environments`, as the editor understands it (draft 7 with its own
 * `markdownDescription`, `patternErrorMessage`, `enumDescriptions`, `defaultSnippets`; no references, since those do not
 * resolve inside a configuration property). Made from the zod schema; stands in package.json, never loaded at run time.
 */
export function environmentsJsonSchema(): JsonSchema {
  const { $schema: _, ...environment } = z.toJSONSchema(environmentSchema, {
    target: 'draft-7' as 'draft-07',
    io: 'input',
    metadata: hints,
    override: ({ jsonSchema }) => adaptToEditor(jsonSchema),
  });
  return {
    type: 'object',
    propertyNames: { pattern: namePattern.source },
    additionalProperties: { ...environment, defaultSnippets: snippets },
    defaultSnippets: snippets.map(({ label, description, body }) => ({ label, description, body: { '${4:name}': body } })),
  };
}
