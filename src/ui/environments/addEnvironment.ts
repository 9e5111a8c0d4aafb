import { isAbsolute } from 'node:path';
import * as vscode from 'vscode';
import type { Tier } from '../../core/environment/environment.ts';
import { namePattern } from '../../core/environment/read.ts';
import { parseRedisUrl } from '../../core/environment/redisUrl.ts';
import type { Step } from '../prompts.ts';
import { askText, choose, runWizard } from '../prompts.ts';
import { connectionStep } from './connectionStep.ts';
import type { ConnectionEndings } from './connectionStep.ts';
import type { Draft, Login } from './draft.ts';
import { asksUsername, usesTls, withoutPassword } from './draft.ts';
import type { EnvironmentScope, EnvironmentStore } from './store.ts';

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

/**
 * Asks for a new environment step by step. The last step tries the connection; where that fails it says precisely what
 * failed and offers to try again, to go back to the step at fault or to save all the same. Throws `cancelled` on Escape.
 */
export function askForEnvironment(environments: EnvironmentStore, endings: ConnectionEndings): Promise<Draft> {
  const name = nameStep(environments);
  const connection = connectionStep(endings, { place, name, address, authority, login });
  const steps = [place, name, tier, address, authority, login, username, password, variable, connection];
  return runWizard('Add Environment', steps, { ...initial, place: { kind: 'user' } });
}

const place: Step<Draft> = async (draft, frame) => {
  const folders = (vscode.workspace.workspaceFolders ?? []).map((folder) => ({
    label: folder.name,
    description: '.vscode/settings.json',
    detail: 'Can be committed and shared with the team. Secrets are not written into it.',
    value: { kind: 'folder' as const, folder },
  }));
  const user = { label: 'User settings', description: 'yours, in every window', value: { kind: 'user' as const } };
  const choices = [...folders, user];
  const current = choices.find(({ value }) => isSamePlace(value, draft.place))?.value;
  const answer = await choose<Draft['place']>(frame, { placeholder: 'Where to keep it', choices, current });
  return answer === 'back' ? answer : { value: { ...draft, place: answer.value } };
};

function isSamePlace(one: Draft['place'], other: Draft['place']): boolean {
  if (one.kind === 'user' || other.kind === 'user') return one.kind === other.kind;
  return one.folder.uri.toString() === other.folder.uri.toString();
}

function nameStep(environments: EnvironmentStore): Step<Draft> {
  return async (draft, frame) => {
    const answer = await askText(frame, {
      prompt: 'Name of the environment. In production it is typed to confirm a change.',
      placeholder: 'staging',
      value: draft.name,
      validate: (value) => {
        if (!namePattern.test(value)) return 'Type a name of visible characters.';
        const taken = environments.scopes.find(({ names }) => names.includes(value));
        return taken && `There is an environment named ${value} already, in ${placeOf(taken)}.`;
      },
    });
    return answer === 'back' ? answer : { value: { ...draft, name: answer.value } };
  };
}

/** Where a person finds the environments of a scope. */
function placeOf({ file, kind }: EnvironmentScope): string {
  if (file === undefined) return 'the user settings';
  const name = vscode.workspace.asRelativePath(file);
  return kind === 'workspaceFile' ? `the workspace file ${name}` : name;
}

const tier: Step<Draft> = async (draft, frame) => {
  const answer = await choose<Tier>(frame, {
    placeholder: 'How careful to be there',
    choices: [
      { label: 'development', detail: 'Little friction.', value: 'development' },
      { label: 'staging', detail: 'Changes are confirmed.', value: 'staging' },
      {
        label: 'production',
        detail: 'Changes are confirmed by typing the environment’s name, and need a reason.',
        value: 'production',
      },
    ],
    current: draft.tier,
  });
  return answer === 'back' ? answer : { value: { ...draft, tier: answer.value } };
};

const address: Step<Draft> = async (draft, frame) => {
  const answer = await askText(frame, {
    prompt: 'Address of the Redis server; rediss:// for TLS, unix:///path for a socket',
    placeholder: 'redis://host:6379/0',
    value: draft.url,
    validate: addressFault,
  });
  if (answer === 'back') return answer;
  const { url, password: found } = withoutPassword(answer.value);
  return { value: { ...draft, url, ...(found === '' ? {} : { password: found, login: 'secret' as const }) } };
};

/** The schemes in small letters, as the settings have them. */
function addressFault(url: string): string | undefined {
  if (/^(rediss?|unix):/.test(url) && parseRedisUrl(url)) return undefined;
  return 'Expected redis://[user@]host[:port][/db], rediss://… or unix:///path/to.sock';
}

const authority: Step<Draft> = (draft, frame) => {
  if (!usesTls(draft)) return undefined;
  return askText(frame, {
    prompt: 'Certificate authority: path of a PEM file. Empty: the authorities this machine trusts.',
    placeholder: 'certs/ca.pem',
    value: draft.ca,
    validate: (value) => authorityFault(draft, value),
  }).then((answer) => (answer === 'back' ? answer : { value: { ...draft, ca: answer.value } }));
};

function authorityFault({ place: { kind } }: Draft, path: string): string | undefined {
  if (path === '' || kind === 'folder' || isAbsolute(path)) return undefined;
  return 'Type the whole path: user settings belong to no folder that it could start from.';
}

const login: Step<Draft> = async (draft, frame) => {
  const answer = await choose<Login>(frame, {
    placeholder: 'How to log in',
    choices: [
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
    current: draft.login,
  });
  return answer === 'back' ? answer : { value: { ...draft, login: answer.value } };
};

const username: Step<Draft> = (draft, frame) => {
  if (!asksUsername(draft)) return undefined;
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
