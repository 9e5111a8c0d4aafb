import { text } from './fields.ts';

/** A command line, run by a shell. */
export function command(description: string, example: string) {
  return text(`a command line, such as ${JSON.stringify(example)}`, { description, examples: [example] });
}

/** A path; a relative one starts at the workspace folder. */
export function file(description: string, example: string) {
  return text('the path of a file', {
    description: `${description} A relative path starts at the workspace folder.`,
    examples: [example],
  });
}
