import { config } from 'zod/mini';
import { hostMessageSchema } from '../core/dashboard/protocol.ts';
import type { HostMessage } from '../core/dashboard/protocol.ts';

// The page may not make code from text, and need not try.
config({ jitless: true });

/** Undefined: it is none. */
export function readHostMessage(data: unknown): HostMessage | undefined {
  const parsed = hostMessageSchema.safeParse(data);
  return parsed.success ? parsed.data : undefined;
}
