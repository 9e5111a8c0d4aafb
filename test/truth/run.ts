// npm run truth [-- words…]: puts servers into known states, reads them as the extension does, holds state and words
// against the truth, and prints a table. Words choose states by their names.
import { holdAll } from './holdAll.ts';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
const { passed, failed } = await holdAll({ slow: true, words: process.argv.slice(2) });
process.exit(failed === 0 && passed > 0 ? 0 : 1);
