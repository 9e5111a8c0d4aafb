import type { LintPlace } from '../document.ts';
import type { LintCommand, LintEvent, LintWord } from '../events.ts';
import type { LintRule } from '../types.ts';

export const composeRestart: LintRule = {
  id: 'compose-restart-keeps-environment',
  severity: 'warning',
  documentation:
    '`docker-compose restart` starts the same container with the environment it had; after a change of `.env` or the Compose file, `up -d` creates it anew.',
  *check({ places }) {
    let stage: LintPlace['stage'] | undefined;
    let changed: string | undefined;
    for (const place of places) {
      if (place.stage !== stage) changed = undefined;
      stage = place.stage;
      for (const event of place.events) {
        const verb = event.kind === 'command' ? composeVerb(event) : undefined;
        if (verb?.text === 'up' || verb?.text === 'down') changed = undefined;
        else if (verb?.text === 'restart' && changed !== undefined) {
          yield {
            message: `\`restart\` keeps the environment the container was created with, so the change above (${changed}) has no effect. Use \`up -d\`, which creates it anew.`,
            range: verb.range,
            fixes: [{ title: 'Use up -d', edits: [{ offset: verb.range.start, length: 7, content: 'up -d' }] }],
          };
        } else changed = changeIn(event) ?? changed;
      }
    }
  },
};

/** `restart` in `docker-compose -f prod.yml restart backend`. */
function composeVerb({ words }: LintCommand): LintWord | undefined {
  const at = words.findIndex(
    ({ text }, index) => text === 'docker-compose' || (text === 'compose' && words[index - 1]?.text === 'docker'),
  );
  if (at < 0) return undefined;
  for (let index = at + 1; index < words.length; index++) {
    const word = words[index];
    if (word === undefined || !word.text.startsWith('-')) return word;
    if (/^(?:-f|-p|--file|--project-name|--profile|--env-file|--project-directory)$/.test(word.text)) index++;
  }
  return undefined;
}

const CHANGING = /\b(?:edit|update|change|modify|set|add|put|adjust|disable|enable|unset|restore|switch|turn)\w*\b/i;
const PLACE =
  /(?:^|[\s`(/])\.env\b(?!\.)|\b(?:docker-)?compose[\w.-]*\.ya?ml\b|\benv(?:ironment)?[ -](?:variables?|files?)\b/i;
const CHANGED = new RegExp(
  `(?:${CHANGING.source})[^.;]*(?:${PLACE.source})|(?:${PLACE.source})[^.;]*\\b(?:updated|changed|edited|set|adjusted)\\b`,
  'i',
);
const FILE =
  /(?:^|\/)(?:[\w-]*\.env(?:\.(?!bak|backup|old|orig|save|example|sample|template)[\w-]+)?|(?:docker-)?compose[\w.-]*\.ya?ml)$/;
const QUOTED_LENGTH = 60;

/** What changes the environment of containers, in words; undefined where nothing does. */
function changeIn(event: LintEvent): string | undefined {
  if (event.kind === 'remark') return CHANGED.test(event.text) ? quoted(event.text) : undefined;
  if (event.kind !== 'command') return undefined;
  const [program, ...others] = event.words;
  const writes =
    /^(?:cp|mv|tee|vi|vim|nano|install)$/.test(program?.text ?? '') ||
    (program?.text === 'sed' && others.some(({ text }) => /^(?:-i|--in-place)/.test(text)));
  const files = [...event.targets, ...(writes ? others.slice(-1) : [])];
  const file = files.find(({ text }) => FILE.test(text));
  return file === undefined ? undefined : `\`${file.text}\` is written`;
}

function quoted(text: string): string {
  return `"${text.length > QUOTED_LENGTH ? `${text.slice(0, QUOTED_LENGTH)}…` : text}"`;
}
