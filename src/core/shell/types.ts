import type { Range } from '../checklist/model.ts';

/**
 * Parses shell code with a real shell parser, as far as its top level: where its statements and comments lie. Offsets
 * are UTF-16 into `code`. A syntax error is part of the answer; a rejection means that the parser itself is broken.
 */
export type ShellParser = (code: string) => Promise<ShellOutline>;

export interface ShellOutline {
  readonly statements: readonly Span[];
  readonly comments: readonly Span[];
  readonly error: { readonly message: string; readonly offset: number } | undefined;
}

/** UTF-16 offsets into a piece of code. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What a shell block holds. Ranges are the document's. */
export interface ParsedBlock {
  /** In order; those before the error where there is one. */
  readonly statements: readonly Statement[];
  /** Comments outside of here-documents and quotes, also those inside loops. */
  readonly comments: readonly ShellComment[];
  readonly error: ShellError | undefined;
}

/** One statement of the top level: a pipeline, list, loop or definition with its here-documents. */
export interface Statement {
  /** As its author wrote it, without list indentation, quote marks and prompt; line ends are `\n`. */
  readonly code: string;
  /** In the document, from its first to its last character. */
  readonly range: Range;
  /** What is to be filled in before it can run. Offsets of `at` are into `code`. */
  readonly placeholders: readonly Placeholder[];
  /** Names of the variables it reads and does not set itself before; sorted. */
  readonly variables: readonly string[];
  /** Names of the variables it sets for what follows; sorted. */
  readonly assigns: readonly string[];
  /** Its commands with their words; undefined when it could not be taken apart, which makes it `unknown`. */
  readonly tree: ShellNode | undefined;
}

export interface Placeholder {
  /** As written: `<container>`, `your-api-key`, `YYYY-MM-DD`. */
  readonly text: string;
  /** What to ask for: `container`. The same name means the same value. */
  readonly name: string;
  readonly at: Span;
  /** In the document. */
  readonly range: Range;
}

export interface ShellComment {
  /** Behind `#`, trimmed. */
  readonly text: string;
  readonly range: Range;
  /** Whether code stands before it on its line. */
  readonly trailing: boolean;
}

export interface ShellError {
  /** A whole sentence. */
  readonly message: string;
  readonly range: Range;
}

/** The structure of a statement. Spans are into the statement's `code`. */
export type ShellNode = SimpleCommand | CompoundCommand;

/** `A=b program argument > file` */
export interface SimpleCommand {
  readonly kind: 'simple';
  readonly span: Span;
  readonly assignments: readonly Assignment[];
  /** The program and its arguments; empty where there are only assignments or redirections. */
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
}

/** Anything that holds other commands: `a | b`, `a && b`, `if`, `for`, `{ … }`, `( … )`, `name() { … }`, `[[ … ]]`. */
export interface CompoundCommand {
  readonly kind: 'compound';
  readonly form:
    'pipeline' | 'list' | 'background' | 'group' | 'subshell' | 'if' | 'loop' | 'case' | 'function' | 'test';
  readonly span: Span;
  readonly commands: readonly ShellNode[];
  /** Words of its own: what a loop runs over, what `case` looks at, the operands of `[[ … ]]`. */
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
  /** Of a function; of a loop, its variable. */
  readonly name: string | undefined;
}

export interface Assignment {
  readonly name: string;
  readonly value: Word;
  readonly span: Span;
}

export interface Redirection {
  /** `>`, `>>`, `<`, `<<`, `<<<`, `>&`, `&>` … */
  readonly operator: string;
  readonly descriptor: string;
  /** The file; of a here-document its delimiter. */
  readonly target: Word;
  /** Of a here-document. */
  readonly body: Word | undefined;
  readonly span: Span;
}

export interface Word {
  readonly span: Span;
  /** What the program gets, where that can be said without running anything; undefined otherwise. */
  readonly literal: string | undefined;
  readonly parts: readonly WordPart[];
}

export type WordPart =
  | { readonly kind: 'text'; readonly text: string; readonly span: Span; readonly quote: Quote }
  | { readonly kind: 'variable'; readonly name: string; readonly span: Span; readonly quote: Quote }
  | { readonly kind: 'command'; readonly commands: readonly ShellNode[]; readonly span: Span; readonly quote: Quote }
  | { readonly kind: 'arithmetic'; readonly span: Span; readonly quote: Quote };

/** What surrounds a part of a word, and so how a value must be written there. */
export type Quote = 'none' | 'single' | 'double' | 'hereDocument' | 'literalHereDocument';

/** What a statement does, judged by what it calls. */
export interface Danger {
  /** `unknown` is confirmed like `destructive` until it was approved once for the environment. */
  readonly class: 'readOnly' | 'changing' | 'destructive' | 'unknown';
  /** A phrase that names the command: "FLUSHDB deletes every key of the database". */
  readonly why: string;
  /** The option or variable that carries a secret where other users of the machine can read it: `redis-cli -a`. */
  readonly secretOnCommandLine?: string;
  /** It waits for a person: "vi opens an editor". */
  readonly interactive?: string;
  /** It does not end by itself: "logs -f follows the log". */
  readonly endless?: string;
  /** Of an endless command: what tells the same and ends. */
  readonly instead?: string;
  /** It runs with another user's rights and may ask for a password: "sudo". */
  readonly elevated?: string;
  /** Reads only, but hurts a busy server or takes very long. */
  readonly costly?: { readonly why: string; readonly instead: string };
}

/** What a placeholder becomes: a text, or a variable of the process environment (for secrets). */
export type PlaceholderValue = string | { readonly variable: string };
