import type * as vscode from 'vscode';
import { Services } from './services.ts';
import { registerCommands } from './ui/commands/register.ts';

export function activate(context: vscode.ExtensionContext): void {
  const services = new Services(context);
  context.subscriptions.push(services, registerCommands(services));
}
