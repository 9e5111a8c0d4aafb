import * as vscode from 'vscode';
import type { Row } from '../core/row.ts';

const collapsible = {
  no: vscode.TreeItemCollapsibleState.None,
  collapsed: vscode.TreeItemCollapsibleState.Collapsed,
  expanded: vscode.TreeItemCollapsibleState.Expanded,
} as const;

export function toTreeItem(row: Row): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, collapsible[row.expandable]);
  item.id = row.id;
  if (row.description !== undefined) item.description = row.description;
  if (row.icon) {
    const color = row.icon.color === undefined ? undefined : new vscode.ThemeColor(row.icon.color);
    item.iconPath = new vscode.ThemeIcon(row.icon.name, color);
  }
  if (row.tooltip !== undefined) item.tooltip = row.tooltip;
  if (row.contextValue !== undefined) item.contextValue = row.contextValue;
  if (row.spoken !== undefined) item.accessibilityInformation = { label: row.spoken };
  return item;
}
