import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** The checklist of the test workspace: small, and with every form that the tree shows. */
export const checklistText = `# Release checklist

Status: in progress

## Before the release

- [x] The cache is backed up
- [ ] Redis answers
  - [ ] from the first node
  - [ ] from the second node

\`\`\`bash
redis-cli PING
# Expected: PONG
# [ ] The reply was PONG
\`\`\`

## After the release

1. Watch the hit rate for an hour
2. Write down what was seen

- [ ] Hit rate > 60%

## Rollback

- [ ] Turn the flag off
`;

export interface TestWorkspace {
  readonly folder: string;
  readonly checklist: string;
}

/** Writes a fresh workspace with one checklist; `environments` become the folder's setting, when there are any. */
export async function writeTestWorkspace(
  folder: string,
  environments?: Readonly<Record<string, unknown>>,
): Promise<TestWorkspace> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(path.join(folder, '.vscode'), { recursive: true });
  const checklist = path.join(folder, 'release-checklist.md');
  await writeFile(checklist, checklistText);
  if (environments !== undefined) {
    const settings = { 'cacheOps.environments': environments };
    await writeFile(path.join(folder, '.vscode', 'settings.json'), `${JSON.stringify(settings, undefined, 2)}\n`);
  }
  return { folder, checklist };
}
