// Writes the part of package.json that is made from the sources: the schema of `cacheOps.environments`. Run it after
// changing that schema; a unit test holds the file against it.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { format, resolveConfig } from 'prettier';
import { withGeneratedSettings } from './settings.ts';

const file = fileURLToPath(new URL('../../package.json', import.meta.url));
const manifest = withGeneratedSettings(JSON.parse(readFileSync(file, 'utf8')));
const style = await resolveConfig(file);
writeFileSync(file, await format(JSON.stringify(manifest), { ...style, filepath: file }));
