import * as vscode from 'vscode';
import type { Environment, Tier } from '../../core/environment/environment.ts';
import { namePattern, readEnvironments } from '../../core/environment/read.ts';
import { parseRedisUrl } from '../../core/environment/redisUrl.ts';
import { explain, OpsError } from '../../core/errors.ts';
import type { Choice, Step } from '../prompts.ts';
import { askText, choose, runWizard } from '../prompts.ts';
import type { Draft, Login } from './draft.ts';
import { settingsOf, withoutPassword } from './draft.ts';
import type { EnvironmentStore } from './store.ts';

const initial: Omit<Draft, 'place'> = {
  name: '',
  tier: undefined,
  url: 'redis://localhost:6379/0',
  ca: '',
  login: 'none',
  username: '',
  password: '',
  variable: 'REDIS_PASSWORD',
};

/** Tries the connection; resolves to what was found, in words. */
export type TryConnection = (draft: Draft) => Promise<string>;

/**
 * Asks for a new environment step by step. The last step tries the connection; where that fails it says precisely what
 * failed and offers to try again, to go back or to save all the same. Throws `cancelled` on Escape.
 */
export function askForEnvironment(environments: EnvironmentStore, tryConnection: TryConnection): Promise<Draft> {
  const steps: readonly Step<Draft>[] = [
    place,
    name(environments),
    tier,
    address,
    authority,
    login,
    username,
    password,
    variable,
    connection(tryConnection),
  ];
  return runWizard('Add Environment', steps, { ...initial, place: { kind: 'user' } });
}

/** The draft as the rest of the program knows environments. */
export function environmentOfDraft(draft: Draft): Environment {
  const folder = draft.place.kind === 'folder' ? draft.place.folder.uri.toString() : undefined;
  const { environments, problems } = readEnvironments({ [draft.name]: settingsOf(draft) }, folder);
  const [environment] = environments;
  if (!environment) throw new OpsError('settings', problems.map(({ message }) => message).join(' '));
  return environment;
}

const place: Step<Draft> = async (draft, frame) => {
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => ({
    label: folder.name,
    description: '.vscode/settings.json',
    detail: 'Can be committed and shared with the team. Secrets are not written into it.',
    value: { kind: 'folder' as const, folder },
  }));
  const user = { label: 'User settings', description: 'yours, in every window', value: { kind: 'user' as const } };
  const answer = await choose<Draft['place']>(frame, 'Where to keep it', [...folders, user], draft.place);
  return answer === 'back' ? answer : { value: { ...draft, place: answer.value } };
};

const name =
  (environments: EnvironmentStore): Step<Draft> =>
  async (draft, frame) => {
    const folder = draft.place.kind === 'folder' ? draft.place.folder.uri.toString() : undefined;
    const taken = new Set([
      ...environments.all.filter((one) => one.folder === folder).map((one) => one.name),
      ...environments.scopes.flatMap(({ invalid }) => invalid.map((one) => one.name)),
    ]);
    const answer = await askText(frame, {
      prompt: 'Name of the environment. In production it is typed to confirm a change.',
      placeholder: 'staging',
      value: draft.name,
      validate: (value) => {
        if (!namePattern.test(value)) return 'Type a name of visible characters.';
        return taken.has(value) ? `There is an environment named ${value} already.` : undefined;
      },
    });
    return answer === 'back' ? answer : { value: { ...draft, name: answer.value } };
  };

const tier: Step<Draft> = async (draft, frame) => {
  const answer = await choose<Tier>(
    frame,
    'How careful to be there',
    [
      { label: 'development', detail: 'Little friction.', value: 'development' },
      { label: 'staging', detail: 'Changes are confirmed.', value: 'staging' },
      {
        label: 'production',
        detail: 'Changes are confirmed by typing the environment’s name, and need a reason.',
        value: 'production',
      },
    ],
    draft.tier,
  );
  return answer === 'back' ? answer : { value: { ...draft, tier: answer.value } };
};

const address: Step<Draft> = async (draft, frame) => {
  const answer = await askText(frame, {
    prompt: 'Address of the Redis server; rediss:// for TLS, unix:///path for a socket',
    placeholder: 'redis://host:6379/0',
    value: draft.url,
    validate: (value) =>
      parseRedisUrl(value) ? undefined : 'Expected redis://[user@]host[:port][/db], rediss://… or unix:///path/to.sock',
  });
  if (answer === 'back') return answer;
  const { url, password: found } = withoutPassword(answer.value);
  return { value: { ...draft, url, ...(found === '' ? {} : { password: found, login: 'secret' as const }) } };
};

const authority: Step<Draft> = (draft, frame) => {
  if (!draft.url.startsWith('rediss:')) return undefined;
  return askText(frame, {
    prompt: 'Certificate authority: path of a PEM file. Empty: the authorities this machine trusts.',
    placeholder: 'certs/ca.pem',
    value: draft.ca,
  }).then((answer) => (answer === 'back' ? answer : { value: { ...draft, ca: answer.value } }));
};

const login: Step<Draft> = async (draft, frame) => {
  const answer = await choose<Login>(
    frame,
    'How to log in',
    [
      { label: 'No password', value: 'none' },
      {
        label: 'Password, asked for now',
        detail: 'Kept in the editor’s secret storage; the settings say "${secret}".',
        value: 'secret',
      },
      {
        label: 'Password from an environment variable',
        detail: 'The settings name the variable: "${env:NAME}".',
        value: 'variable',
      },
    ],
    draft.login,
  );
  return answer === 'back' ? answer : { value: { ...draft, login: answer.value } };
};

const username: Step<Draft> = (draft, frame) => {
  if (draft.login === 'none' || parseRedisUrl(draft.url)?.username !== undefined) return undefined;
  return askText(frame, {
    prompt: 'User name (Redis ACL). Empty: the default user.',
    placeholder: 'default',
    value: draft.username,
  }).then((answer) => (answer === 'back' ? answer : { value: { ...draft, username: answer.value } }));
};

const password: Step<Draft> = (draft, frame) => {
  if (draft.login !== 'secret') return undefined;
  return askText(frame, {
    prompt: 'Password. Kept in the editor’s secret storage, for this environment and host only.',
    password: true,
    value: draft.password,
    validate: (value) => (value === '' ? 'Type the password, or go back and choose another way to log in.' : undefined),
  }).then((answer) => (answer === 'back' ? answer : { value: { ...draft, password: answer.value } }));
};

const variable: Step<Draft> = (draft, frame) => {
  if (draft.login !== 'variable') return undefined;
  return askText(frame, {
    prompt: 'Name of the environment variable that holds the password',
    value: draft.variable,
    validate: (value) => {
      if (!/^[A-Za-z_]\w*$/.test(value)) return 'Expected the name of an environment variable, such as REDIS_PASSWORD.';
      return process.env[value] === undefined
        ? `${value} is not set where the editor’s extensions run. Set it and restart the editor, or choose another.`
        : undefined;
    },
  }).then((answer) => (answer === 'back' ? answer : { value: { ...draft, variable: answer.value } }));
};

const connection =
  (tryConnection: TryConnection): Step<Draft> =>
  async (draft, frame) => {
    for (;;) {
      const result = await tryConnection(draft).then(
        (found) => ({ found }),
        (error: unknown) => ({ error }),
      );
      const answer = await choose<Next>(frame, ...outcome(result));
      if (answer === 'back' || answer.value === 'back') return 'back';
      if (answer.value === 'save') return { value: draft };
    }
  };

type Next = 'save' | 'again' | 'back';

function outcome(result: { readonly found: string } | { readonly error: unknown }): [string, readonly Choice<Next>[]] {
  if ('found' in result) return [result.found, [{ label: '$(check) Save', detail: result.found, value: 'save' }]];
  if (result.error instanceof OpsError && result.error.code === 'cancelled') throw result.error;
  const failure = explain(result.error);
  return [
    failure,
    [
      { label: '$(refresh) Try Again', detail: failure, value: 'again' },
      { label: '$(arrow-left) Go Back and Change It', value: 'back' },
      { label: '$(save) Save All the Same', detail: 'The tree will go on saying what fails.', value: 'save' },
    ],
  ];
}
