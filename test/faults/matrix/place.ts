import * as z from 'zod/mini';

/** Where everything of a world is; plain data, so that the program that plays the editor can be told. */
export const placeSchema = z.object({
  /** Of its folder; also by which stand-ins of programs find their state. */
  name: z.string(),
  folder: z.string(),
  workspace: z.string(),
  /** Temporary files of whoever works there. */
  scratch: z.string(),
  redisPort: z.number(),
  qdrantPort: z.number(),
  applicationPort: z.number(),
});

export type Place = Readonly<z.output<typeof placeSchema>>;
