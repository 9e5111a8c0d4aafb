import type { Services } from '../../services.ts';

/** What a menu or the palette calls. `argument` is what VS Code passes: a tree node, a URI, or nothing. */
export interface Command {
  /** Names the action in an error: "Add Environment failed: …". */
  readonly name: string;
  run(services: Services, argument: unknown): Promise<void> | void;
}
