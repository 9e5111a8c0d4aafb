/** How a flag stands in a text: a `.env` file, a configuration file, a line of source. All else in it stays as it is. */
export interface TextFlag {
  /** Undefined: not there. Throws OpsError where the text cannot be understood, or says it in more than one way. */
  valueOf(text: string): string | undefined;
  /** The text with that value; undefined takes the flag out. Throws OpsError where that cannot be written. */
  withValue(text: string, value: string | undefined): string;
}
