/** What a tree row shows: decided in core, so that it can be tested without an editor. */
export interface Row {
  /** Unique in its tree and stable across refreshes, so that expansion survives them. */
  readonly id: string;
  readonly label: string;
  /** Shown dimmed behind the label; says in words what icon and colour say too. */
  readonly description?: string;
  /** A codicon's name, and the theme colour it takes. */
  readonly icon?: { readonly name: string; readonly color?: string };
  /** Plain text. */
  readonly tooltip?: string;
  /** Drives the menus of package.json. */
  readonly contextValue?: string;
  readonly expandable: 'no' | 'collapsed' | 'expanded';
  /** What a screen reader says instead of label and description. */
  readonly spoken?: string;
}
